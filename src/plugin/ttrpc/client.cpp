#include "plugin/ttrpc/client.h"

#include "plugin/ttrpc/client_connection.h"
#include "plugin/ttrpc/envelope.h"

namespace millrace::ttrpc {
namespace {

std::string name_of(std::string_view service, std::string_view method) {
  return std::string(service).append("/").append(method);
}

// At least a nanosecond, because zero would tell the server that there is no limit.
std::chrono::nanoseconds timeout_of(const CallOptions& options) {
  if (!options.deadline) return std::chrono::nanoseconds(0);
  return std::max<std::chrono::nanoseconds>(*options.deadline - Clock::now(), std::chrono::nanoseconds(1));
}

std::string request_head(std::string_view service, std::string_view method, size_t payload_size,
                         const CallOptions& options) {
  return encode_request_head({service, method, timeout_of(options), options.metadata}, payload_size);
}

Outgoing data_frame(std::string_view head, std::string_view body) {
  Outgoing message;
  message.type = FrameType::kData;
  message.head = head;
  message.body = body;
  return message;
}

Outgoing request_frame(uint8_t flags, std::string_view head, std::string_view body) {
  Outgoing message = data_frame(head, body);
  message.type = FrameType::kRequest;
  message.flags = flags;
  return message;
}

// The payload of a response, in the string in which it came. Throws the error that the response carries.
std::string payload_of(std::string&& response) {
  const DecodedResponse decoded = decode_response(response);
  if (!decoded.status.ok()) throw error_of(decoded.status);
  const size_t begin =
      decoded.payload.empty() ? 0 : static_cast<size_t>(decoded.payload.data() - response.data());
  response.resize(begin + decoded.payload.size());
  response.erase(0, begin);
  return std::move(response);
}

// Takes the call off the connection's list however the scope is left.
class Registration {
 public:
  Registration(ClientConnection& connection, PendingCall& call) : connection_(connection), call_(call) {}
  ~Registration() { connection_.forget(call_); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  ClientConnection& connection_;
  PendingCall& call_;
};

}  // namespace

Client::Client(int descriptor, ClientOptions options)
    : connection_(std::make_shared<ClientConnection>(FileDescriptor(descriptor), options)) {}

Client::~Client() {
  close();
}

std::string Client::call(std::string_view service, std::string_view method, std::string_view payload,
                         const CallOptions& options) {
  PendingCall call(name_of(service, method), false, options);
  const Registration registration(*connection_, call);
  connection_->start(call, request_frame(0, request_head(service, method, payload.size(), options), payload));
  return payload_of(std::move(connection_->receive(call).payload));
}

std::unique_ptr<ClientStream> Client::open_stream(std::string_view service, std::string_view method,
                                                  std::optional<std::string_view> first_message,
                                                  const CallOptions& options) {
  auto call = std::make_unique<PendingCall>(name_of(service, method), true, options);
  const uint8_t flags = first_message ? kRemoteClosed : kRemoteOpen | kNoData;
  const std::string_view payload = first_message.value_or(std::string_view());
  const std::string head = request_head(service, method, payload.size(), options);
  try {
    connection_->start(*call, request_frame(flags, head, payload));
  } catch (...) {
    connection_->forget(*call);
    throw;
  }
  return std::make_unique<ClientStream>(connection_, std::move(call), first_message.has_value());
}

void Client::close() noexcept {
  connection_->close("The connection was closed on this side");
}

bool Client::usable() const noexcept {
  return connection_->usable();
}

ClientStream::ClientStream(std::shared_ptr<ClientConnection> connection, std::unique_ptr<PendingCall> call,
                           bool send_closed)
    : connection_(std::move(connection)), call_(std::move(call)), send_closed_(send_closed) {}

ClientStream::~ClientStream() {
  close_send();
  connection_->forget(*call_);
}

bool ClientStream::send(std::string_view head, std::string_view body) {
  return connection_->send(*call_, data_frame(head, body));
}

void ClientStream::close_send() {
  if (send_closed_) return;
  send_closed_ = true;
  connection_->end_sending(*call_);
}

std::optional<std::string> ClientStream::receive() {
  while (!finished_) {
    Frame frame = connection_->receive(*call_);
    if (frame.header.is(FrameType::kResponse)) return finish(std::move(frame.payload));
    finished_ = frame.header.has(kRemoteClosed);
    if (frame.header.has(kNoData)) continue;
    data_seen_ = true;
    return std::move(frame.payload);
  }
  return std::nullopt;
}

// A response ends a stream. It is the one message of a server that does not stream; behind messages, an empty
// one only says that all is well.
std::optional<std::string> ClientStream::finish(std::string&& response_frame) {
  finished_ = true;
  std::string payload = payload_of(std::move(response_frame));
  if (payload.empty() && data_seen_) return std::nullopt;
  return payload;
}

}  // namespace millrace::ttrpc

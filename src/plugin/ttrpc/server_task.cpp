#include "plugin/ttrpc/server_task.h"

namespace millrace::ttrpc {
namespace {

Outgoing frame_of(uint32_t id, FrameType type, std::string_view head, std::string_view body) {
  Outgoing message;
  message.stream = id;
  message.type = type;
  message.head = head;
  message.body = body;
  return message;
}

void send_response(ServerConnection& connection, uint32_t id, std::string_view payload) {
  const std::string head = encode_response_head(payload.size());
  connection.send(frame_of(id, FrameType::kResponse, head, payload));
}

void send_status(ServerConnection& connection, uint32_t id, const Status& status) noexcept {
  try {
    connection.send(frame_of(id, FrameType::kResponse, encode_error_response(status), {}));
  } catch (const Error&) {
    // The client is gone, so there is nobody to tell.
  }
}

}  // namespace

/// What a handler sees of its stream.
class ServerTask::Stream final : public ServerStream {
 public:
  explicit Stream(ServerTask& task) : task_(task) {}

  std::optional<std::string> receive() override {
    std::optional<Frame> frame = task_.connection_->receive(*task_.stream_, task_.deadline_);
    if (!frame) return std::nullopt;
    return std::move(frame->payload);
  }

  void send(std::string_view head, std::string_view body) override {
    check_open();
    task_.connection_->send(frame_of(task_.id_, FrameType::kData, head, body));
  }

  void respond(std::string_view payload) override {
    check_open();
    send_response(*task_.connection_, task_.id_, payload);
    ended_ = true;
  }

  void end() {
    if (ended_) return;
    Outgoing message = frame_of(task_.id_, FrameType::kData, {}, {});
    message.flags = kRemoteClosed | kNoData;
    task_.connection_->send(message);
  }

  bool ended() const { return ended_; }

 private:
  void check_open() const {
    if (ended_) throw Error(ErrorCode::kInvalidState, "The stream was answered already");
  }

  ServerTask& task_;
  bool ended_ = false;
};

ServerTask::ServerTask(std::shared_ptr<ServerConnection> connection, Frame&& request,
                       const ConnectionOwner& owner)
    : connection_(std::move(connection)),
      id_(request.header.stream),
      frame_(std::move(request)),
      counted_(true) {
  try {
    resolve(owner);
  } catch (const Error& error) {
    refusal_ = status_of(error);
  }
}

ServerTask::ServerTask(std::shared_ptr<ServerConnection> connection, uint32_t id, Status refusal)
    : connection_(std::move(connection)), id_(id), counted_(false), refusal_(std::move(refusal)) {}

void ServerTask::resolve(const ConnectionOwner& owner) {
  request_ = decode_request(frame_.payload);
  service_ = owner.find_service(request_.envelope.service);
  if (service_ == nullptr)
    throw Error(ErrorCode::kNotImplemented, std::string("service ").append(request_.envelope.service));
  const auto timeout = request_.envelope.timeout;
  if (timeout.count() > 0 && timeout < kNoDeadline - Clock::now()) deadline_ = Clock::now() + timeout;
  if (service_->is_stream(request_.envelope.method)) open_stream();
}

// The request of a method that the client streams to carries no message; any other request does, if an empty
// one.
void ServerTask::open_stream() {
  stream_ = std::make_shared<ServerStreamState>();
  const bool open = frame_.header.has(kRemoteOpen);
  stream_->client_ended = !open;
  if (frame_.header.has(kNoData) || (open && request_.payload.empty())) return;
  Frame first;
  first.payload = request_.payload;
  stream_->queued = first.payload.size();
  stream_->frames.push_back(std::move(first));
}

void ServerTask::run() noexcept {
  if (!refusal_.ok()) return refuse(refusal_);
  if (Clock::now() >= deadline_)
    return refuse({kGrpcDeadlineExceeded, "The deadline passed before the call could begin", {}});
  answer();
  connection_->finished(id_);
}

void ServerTask::refuse(const Status& status) noexcept {
  send_status(*connection_, id_, status);
  if (counted_) connection_->finished(id_);
}

void ServerTask::answer() {
  if (stream_)
    answer_stream();
  else
    answer_call();
}

void ServerTask::answer_call() {
  try {
    send_response(*connection_, id_, service_->call(*this, request_.envelope.method, request_.payload));
  } catch (...) {
    send_status(*connection_, id_, status_of(std::current_exception()));
  }
}

void ServerTask::answer_stream() {
  Stream stream(*this);
  try {
    service_->stream(*this, request_.envelope.method, stream);
    stream.end();
  } catch (...) {
    if (!stream.ended()) send_status(*connection_, id_, status_of(std::current_exception()));
  }
}

std::optional<Clock::time_point> ServerTask::deadline() const {
  if (deadline_ == kNoDeadline) return std::nullopt;
  return deadline_;
}

bool ServerTask::cancelled() const {
  return connection_->closed() || Clock::now() >= deadline_;
}

}  // namespace millrace::ttrpc

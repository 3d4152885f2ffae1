#include "server/operation_exchange.h"

#include <google/protobuf/arena.h>

#include "artifacts/byte_range.h"
#include "artifacts/content_type.h"
#include "base/error.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace millrace::server {
namespace {

using google::protobuf::Message;

// Where the client believes us to be, for URLs that we hand out.
std::string base_url(const http::RequestHead& head, const std::string& static_prefix) {
  return (head.secure ? "https://" : "http://") + std::string(head.headers.get("Host")) + static_prefix;
}

void check_content_type(const http::RequestHead& head) {
  if (head.method != "POST" && head.method != "PUT") return;
  const std::string_view type = head.headers.get("Content-Type");
  if (type.empty()) throw_invalid_parameter("Bad Request. Content-Type header is missing.");
  if (type.substr(0, type.find_first_of("; ")) == "application/json") return;
  throw_invalid_parameter("Bad Request. Content-Type must be one of ['application/json'].");
}

class OperationExchange : public http::Exchange {
 public:
  OperationExchange(const OperationEnvironment& environment, const http::RequestHead& head,
                    wire::RouteMatch match, SharedIdentity who)
      : environment_(environment),
        head_(head),
        match_(std::move(match)),
        operation_(*match_.operation),
        who_(std::move(who)) {
    context_.request_id = head.request_id;
    if (who_ != nullptr) context_.principal = who_->principal;
    context_.base_url = base_url(head, environment.static_prefix);
  }

  http::Response finish(std::string body) noexcept override {
    http::Response response = guarded([&] { return answer(body); });
    response.operation = std::string(operation_.name);
    return response;
  }

 protected:
  virtual http::Response answer(const std::string& body) = 0;

  // Every fault ends here. What is not of our own type is a defect or the end of memory: its text is for the
  // log.
  template <typename Call>
  http::Response guarded(Call call) noexcept {
    try {
      return call();
    } catch (const Error& error) {
      if (http_status(error.code()) >= 500) tell(error.what());
      return error_response(error, head_.request_id);
    } catch (const std::bad_alloc&) {
      tell("out of memory");
      return error_response(Error(ErrorCode::kResourceExhausted, "The server is out of memory."),
                            head_.request_id);
    } catch (const std::exception& fault) {
      tell(fault.what());
      return error_response(
          Error(ErrorCode::kInternalError,
                "The server met an unexpected fault; its log tells more under the request id."),
          head_.request_id);
    }
  }

  void tell(std::string_view what) noexcept {
    environment_.log.write(LogLevel::kError, what,
                           {{"operation", std::string(operation_.name)}, {"request_id", head_.request_id}});
  }

  // Path fields count more than what the query or the body say.
  void read_request(const std::string* body, Message& request) const {
    if (head_.method == "GET" || body == nullptr) {
      wire::read_query(head_.query, request);
    }
    if (body != nullptr && (head_.method != "GET" || head_.query.empty())) {
      if (head_.method != "GET") check_content_type(head_);
      wire::read_json(*body, request);
    }
    for (const auto& [name, text] : match_.fields) wire::read_text(name, text, request);
    wire::check_required(request);
  }

  void authorize(const Message& request) const {
    if (environment_.read_only && operation_.access.action != v1::ACTION_READ) {
      throw Error(ErrorCode::kPermissionDenied,
                  "This server was started with --read-only: it shows what is there and changes nothing.");
    }
    if (!environment_.policy.judges()) return;
    environment_.policy.authorize(context_, who_ == nullptr ? access::Identity() : *who_,
                                  access::access_request(operation_, request));
  }

  const OperationEnvironment& environment_;
  const http::RequestHead& head_;  // lives as long as the exchange
  const wire::RouteMatch match_;
  const wire::Operation& operation_;
  const SharedIdentity who_;
  CallContext context_;
};

// Reading a larger body is left to a worker.
constexpr size_t kLargestInlineBody = 16 * 1024;

// Message in, message out.
class UnaryExchange : public OperationExchange {
 public:
  using OperationExchange::OperationExchange;
  uint64_t body_limit() const override { return environment_.body_limit; }

  bool runs_inline() const override {
    return operation_.access.action == v1::ACTION_READ && environment_.reads_stay_here &&
           environment_.pace.is_brief(operation_) && !environment_.policy.may_block();
  }

  bool may_start(const std::string& body) const override {
    return operation_.start != nullptr && body.size() <= kLargestInlineBody &&
           !environment_.policy.may_block();
  }

  bool start(const std::string& body, const std::function<void()>& ready) noexcept override {
    try {
      return operation_.start(environment_.services, context_, request_from(body),
                              [this, ready](Outcome<std::unique_ptr<Message>> outcome) {
                                outcome_ = std::move(outcome);
                                ready();
                              });
    } catch (...) {
      outcome_ = std::current_exception();
    }
    ready();
    return true;
  }

 protected:
  http::Response answer(const std::string& body) override {
    const Pace::Watch watch(environment_.pace, operation_);
    const std::unique_ptr<Message> result =
        outcome_ ? outcome_->take() : operation_.call(environment_.services, context_, request_from(body));
    environment_.changes.note(operation_, *request_);
    http::Response response;
    response.body = wire::write_json(*result);
    return response;
  }

 private:
  // Read and authorized once, also when start() was declined and the plain call follows.
  const Message& request_from(const std::string& body) {
    if (request_ != nullptr) return *request_;
    Message& request = *operation_.request->New(&arena_);
    read_request(&body, request);
    authorize(request);
    request_ = &request;
    return request;
  }

  google::protobuf::Arena arena_;
  const Message* request_ = nullptr;  // on the arena
  std::optional<Outcome<std::unique_ptr<Message>>> outcome_;
};

// Message in, bytes out.
class DownloadExchange : public OperationExchange {
 public:
  using OperationExchange::OperationExchange;
  uint64_t body_limit() const override { return environment_.body_limit; }

 protected:
  http::Response answer(const std::string&) override {
    const std::unique_ptr<Message> request(operation_.request->New());
    read_request(nullptr, *request);
    authorize(*request);
    auto source = operation_.download(environment_.services, context_, *request);
    http::Response response;
    if (!operation_.content_type.empty()) {
      response.content_type = operation_.content_type;
      response.headers.add("Cache-Control", "no-store");
      response.body = std::move(source);
      return response;
    }
    response.content_type = artifacts::content_type_for(source->file_name());
    // Always as an attachment: shown in place, a page among the artifacts would run as one of ours.
    response.headers.add("Content-Disposition", artifacts::attachment_disposition(source->file_name()));
    set_range(response, source);
    response.body = std::move(source);
    return response;
  }

 private:
  void set_range(http::Response& response, std::unique_ptr<ByteSource>& source) const {
    const auto size = source->remaining();
    if (!size) return;
    response.headers.add("Accept-Ranges", "bytes");
    // Without validators an If-Range can never hold.
    if (head_.headers.contains("If-Range")) return;
    const artifacts::ByteRange range = artifacts::parse_range(head_.headers.get("Range"), *size);
    if (range.kind == artifacts::ByteRange::Kind::kWhole) return;
    response.status = range.kind == artifacts::ByteRange::Kind::kPart ? 206 : 416;
    std::string content_range = "bytes ";
    content_range += response.status == 206
                         ? std::to_string(range.first) + "-" + std::to_string(range.first + range.length - 1)
                         : "*";
    response.headers.add("Content-Range", content_range + "/" + std::to_string(*size));
    source = artifacts::part_of(std::move(source), range);
  }
};

// Message and bytes in, message out.
class UploadExchange : public OperationExchange {
 public:
  using OperationExchange::OperationExchange;
  http::BodyMode body_mode() const override { return http::BodyMode::kStream; }
  uint64_t body_limit() const override { return environment_.artifact_body_limit; }

  bool write(std::string_view chunk) noexcept override {
    http::Response fault = guarded([&] {
      open();
      sink_->write(chunk);
      return http::Response();
    });
    if (fault.status == 200) return true;
    fault_ = std::move(fault);
    sink_.reset();
    return false;
  }

 protected:
  http::Response answer(const std::string&) override {
    if (fault_) return *std::move(fault_);
    open();
    sink_->commit();
    environment_.changes.note(operation_, *request_);
    http::Response response;
    response.body = "{}";
    return response;
  }

 private:
  void open() {
    if (sink_ != nullptr) return;
    request_.reset(operation_.request->New());
    read_request(nullptr, *request_);
    authorize(*request_);
    sink_ = operation_.upload(environment_.services, context_, *request_);
  }

  std::unique_ptr<Message> request_;
  std::unique_ptr<ByteSink> sink_;
  std::optional<http::Response> fault_;
};

}  // namespace

std::unique_ptr<http::Exchange> make_operation_exchange(const OperationEnvironment& environment,
                                                        const http::RequestHead& head, wire::RouteMatch match,
                                                        const SharedIdentity& who) {
  if (match.operation->upload != nullptr)
    return std::make_unique<UploadExchange>(environment, head, std::move(match), who);
  if (match.operation->download != nullptr)
    return std::make_unique<DownloadExchange>(environment, head, std::move(match), who);
  return std::make_unique<UnaryExchange>(environment, head, std::move(match), who);
}

http::Response error_response(const Error& error, const std::string& request_id) {
  http::Response response;
  response.status = http_status(error.code());
  if (response.status == 503) response.headers.add("Retry-After", "1");
  response.body = wire::error_body(error, request_id);
  response.operation = "-";
  return response;
}

}  // namespace millrace::server

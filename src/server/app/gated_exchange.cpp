#include "server/app/gated_exchange.h"

#include <charconv>
#include <limits>

namespace millrace::server {
namespace {

// A small body is read to its end, so that the connection can go on.
constexpr uint64_t kSmallBody = 64 * 1024;

bool has_small_body(const http::RequestHead& head) {
  if (head.headers.contains("Transfer-Encoding")) return false;
  const std::string_view length = head.headers.get("Content-Length");
  uint64_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  return bytes <= kSmallBody;
}

// Answers without a look at the body, however large it is.
class RefusedExchange : public http::Exchange {
 public:
  RefusedExchange(http::Response response, const http::RequestHead& head)
      : response_(std::move(response)), collects_(has_small_body(head)) {}
  http::BodyMode body_mode() const override {
    return collects_ ? http::BodyMode::kCollect : http::BodyMode::kStream;
  }
  uint64_t body_limit() const override { return std::numeric_limits<uint64_t>::max(); }
  bool runs_inline() const override { return true; }
  bool write(std::string_view) noexcept override { return false; }
  http::Response finish(std::string) noexcept override { return std::move(response_); }

 private:
  http::Response response_;
  const bool collects_;
};

class GatedExchange : public http::Exchange {
 public:
  GatedExchange(const Gate& gate, const http::RequestHead& head, std::string_view path, Admitted admitted)
      : gate_(gate), head_(head), path_(path), admitted_(std::move(admitted)) {
    if (const SharedVerdict verdict = gate.known(head)) settle(*verdict);
  }

  bool needs_admission() const override { return inner_ == nullptr; }
  void admit(const std::function<void()>& ready) noexcept override {
    try {
      gate_.ask(head_, path_, [this, ready](const SharedVerdict& verdict) {
        settle(*verdict);
        ready();
      });
    } catch (const std::exception&) {
      // Nothing was asked: only making the question can fail, for want of memory.
      refuse(ErrorCode::kResourceExhausted, "The server is out of memory.");
      ready();
    }
  }

  http::BodyMode body_mode() const override { return inner_->body_mode(); }
  uint64_t body_limit() const override { return inner_->body_limit(); }
  bool runs_inline() const override { return inner_->runs_inline(); }
  bool start(const std::string& body, const std::function<void()>& ready) noexcept override {
    return inner_->start(body, ready);
  }
  bool may_start(const std::string& body) const override { return inner_->may_start(body); }
  bool write(std::string_view chunk) noexcept override { return inner_->write(chunk); }

  http::Response finish(std::string body) noexcept override {
    http::Response response = inner_->finish(std::move(body));
    if (who_ != nullptr) response.principal = who_->principal;
    return response;
  }

 private:
  void settle(const Verdict& verdict) noexcept {
    try {
      who_ = verdict.who;
      if (who_ == nullptr) {
        inner_ = std::make_unique<RefusedExchange>(refusal(verdict, head_), head_);
      } else {
        inner_ = admitted_(who_);
      }
    } catch (const std::exception&) {
      refuse(ErrorCode::kInternalError, "The server met an unexpected fault.");
    }
  }

  void refuse(ErrorCode code, const char* message) noexcept {
    inner_ = std::make_unique<RefusedExchange>(error_response(Error(code, message), head_.request_id), head_);
  }

  const Gate& gate_;
  const http::RequestHead& head_;
  const std::string_view path_;  // of the head
  const Admitted admitted_;
  SharedIdentity who_;
  std::unique_ptr<http::Exchange> inner_;  // null until it is known who asks
};

}  // namespace

std::unique_ptr<http::Exchange> make_gated_exchange(const Gate& gate, const http::RequestHead& head,
                                                    std::string_view path, Admitted admitted) {
  return std::make_unique<GatedExchange>(gate, head, path, std::move(admitted));
}

}  // namespace millrace::server

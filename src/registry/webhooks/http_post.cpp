#include "registry/webhooks/http_post.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/curl.h"
#include "base/error.h"
#include "registry/webhooks/addresses.h"

namespace millrace::registry {
namespace {

constexpr size_t kLongestBody = 1024 * 1024;

struct Guard {
  bool allow_private = false;
  bool refused = false;
};

// The address is the one that is about to be connected to: nothing is looked up again after this.
curl_socket_t open_socket(void* context, curlsocktype, struct curl_sockaddr* address) {
  auto& guard = *static_cast<Guard*>(context);
  if (!guard.allow_private && !is_public_address(address->addr)) {
    guard.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct Body {
  std::string kept;
  size_t bytes = 0;
};

// No exception may cross libcurl; what is kept was reserved before. Taking less ends the transfer.
size_t receive(char* data, size_t size, size_t count, void* context) {
  auto& body = *static_cast<Body*>(context);
  const size_t bytes = size * count;
  body.kept.append(data, std::min(bytes, HttpPost::kKeptBody - body.kept.size()));
  body.bytes += bytes;
  return body.bytes > kLongestBody ? 0 : bytes;
}

int is_aborted(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(context)->load() ? 1 : 0;
}

bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return true;
    default:
      return false;
  }
}

}  // namespace

// One request with all that libcurl refers to while it is under way.
class HttpPost::Transfer {
 public:
  Transfer(const CurlLibrary& curl, const std::string& url, const std::vector<std::string>& headers,
           const std::string& text)
      : curl_(curl), handle_(curl), headers_(nullptr, curl.free_list) {
    body_.kept.reserve(kKeptBody);
    for (const std::string& header : headers) add(header);
    add("Expect:");  // of curl: it would wait for a "100 Continue"
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, text.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    set(CURLOPT_WRITEFUNCTION, &receive);
    set(CURLOPT_WRITEDATA, &body_);
    set(CURLOPT_ERRORBUFFER, reason_);
    set(CURLOPT_USERAGENT, "millrace");
    set(CURLOPT_NOSIGNAL, 1L);
    if (const char* certificates = std::getenv("SSL_CERT_FILE")) set(CURLOPT_CAINFO, certificates);
  }

  void restrict_to(const std::string& protocols, long timeout_seconds, bool allow_private) {
    guard_.allow_private = allow_private;
    set(CURLOPT_PROTOCOLS_STR, protocols.c_str());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, &guard_);
    set(CURLOPT_CONNECTTIMEOUT, timeout_seconds);
    set(CURLOPT_TIMEOUT, timeout_seconds);
  }

  void abort_with(std::atomic<bool>& flag) {
    set(CURLOPT_XFERINFOFUNCTION, &is_aborted);
    set(CURLOPT_XFERINFODATA, &flag);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name that is being looked up
  }

  PostAnswer run() {
    const CURLcode code = curl_.perform(handle_.get());
    PostAnswer answer;
    long status = 0;
    curl_.getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool cut = code == CURLE_WRITE_ERROR && body_.bytes > kLongestBody;
    if (code != CURLE_OK && !cut) return failed(code);
    answer.status = static_cast<int>(status);
    answer.body = std::move(body_.kept);
    curl_off_t seconds = 0;
    curl_.getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
    answer.retry_after_seconds = seconds;
    return answer;
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_.setopt(handle_.get(), option, value) == CURLE_OK) return;
    throw Error(ErrorCode::kInternalError, "libcurl does not know an option that webhooks need.");
  }

  void add(const std::string& header) {
    curl_slist* longer = curl_.append(headers_.get(), header.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers_.release();
    headers_.reset(longer);
  }

  PostAnswer failed(CURLcode code) const {
    PostAnswer answer;
    answer.aborted = code == CURLE_ABORTED_BY_CALLBACK;
    if (guard_.refused && code == CURLE_COULDNT_CONNECT) {
      answer.fault =
          "the host has an address that is not public; --webhook-allow-private lets the server connect to it";
      return answer;
    }
    answer.may_pass = may_pass(code);
    answer.fault = *reason_ == '\0' ? "libcurl gives no reason" : reason_;
    return answer;
  }

  const CurlLibrary& curl_;
  CurlHandle handle_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
  Guard guard_;
  Body body_;
  char reason_[CURL_ERROR_SIZE] = "";
};

HttpPost::HttpPost(const WebhookSettings& settings)
    : allow_private_addresses_(settings.allow_private_addresses),
      timeout_seconds_(settings.request_timeout_seconds) {
  for (const std::string& scheme : settings.allowed_schemes)
    protocols_ += (protocols_.empty() ? "" : ",") + scheme;
}

HttpPost::~HttpPost() = default;

const CurlLibrary& HttpPost::curl() {
  const std::lock_guard lock(mutex_);
  if (!curl_) {
    curl_ = std::make_unique<CurlLibrary>(
        "Webhooks need libcurl, which is not installed on the server (Debian: libcurl4).");
  }
  return *curl_;
}

PostAnswer HttpPost::send(const std::string& url, const std::vector<std::string>& headers,
                          const std::string& body) {
  Transfer transfer(curl(), url, headers, body);
  transfer.restrict_to(protocols_, timeout_seconds_, allow_private_addresses_);
  transfer.abort_with(aborted_);
  return transfer.run();
}

}  // namespace millrace::registry

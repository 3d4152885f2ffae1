#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "registry/webhooks/settings.h"

namespace millrace {
class CurlLibrary;
}

namespace millrace::registry {

/// What came of a request.
struct PostAnswer {
  int status = 0;         ///< 0: there was no answer
  std::string body;       ///< its first kKeptBody bytes
  std::string fault;      ///< why there was no answer; names the host at most
  bool may_pass = false;  ///< the fault is of a kind that may be gone the next time
  bool aborted = false;
  int64_t retry_after_seconds = 0;  ///< what the receiver asked for; 0: nothing
};

/// Sends to addresses that users chose. Where strangers must not lead the server, it does not go: the address
/// that a connection is made to, after names were looked up, has to be public unless the settings say
/// otherwise; proxies are not used and redirections not followed. Certificates are checked with the system's
/// or those in the file that SSL_CERT_FILE names. Any thread; each call waits for its answer.
class HttpPost {
 public:
  /// Bytes of an answer that are kept; one is read to 1 MiB at most.
  static constexpr size_t kKeptBody = 16 * 1024;

  explicit HttpPost(const WebhookSettings& settings);
  ~HttpPost();

  /// Headers are lines as in "A: b". Throws INVALID_STATE where libcurl is not installed.
  PostAnswer send(const std::string& url, const std::vector<std::string>& headers, const std::string& body);

  /// Ends what is under way within a second or so, and whatever is sent from now on at once.
  void abort() { aborted_ = true; }

 private:
  class Transfer;
  const CurlLibrary& curl();

  const bool allow_private_addresses_;
  const long timeout_seconds_;
  std::string protocols_;  ///< "http,https"
  std::atomic<bool> aborted_{false};
  std::mutex mutex_;
  std::unique_ptr<CurlLibrary> curl_;  ///< loaded when first needed
};

}  // namespace millrace::registry

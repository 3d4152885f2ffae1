#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/lru_cache.h"
#include "base/log.h"
#include "millrace/v1/plugin/server_app.gen.h"
#include "server/app/verdict.h"
#include "server/http/worker_pool.h"

namespace millrace::server {

/// Asks a server_app who sent a request, and keeps its answers for as long as it says. Callers name
/// credentials by a key that is a digest of them, so that none is kept in clear. Fails closed: whatever is
/// wrong with the app or its answer refuses the request. Any thread.
///
/// Calls run on threads of its own, a few of them: an app that hangs takes none of those that serve requests.
/// Requests with the same credentials that come while an answer is awaited share the call, if its answer may
/// be kept.
class Authenticator {
 public:
  /// Longest time from a request to its verdict, of which waiting for a thread is a part.
  static constexpr std::chrono::seconds kPatience{10};
  /// Answers are kept no longer than this, whatever the app says.
  static constexpr std::chrono::hours kLongestKept{24};

  /// `log` outlives it.
  Authenticator(std::shared_ptr<ServerApp> app, Log& log, std::chrono::milliseconds patience = kPatience);
  /// Waits for calls that are under way.
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// The verdict that was kept for these credentials; null when the app has to be asked.
  SharedVerdict known(const std::string& key);

  using Reply = std::function<void(SharedVerdict)>;
  /// Asks the app. `reply` is called once, perhaps before this returns and on any thread; it must not block.
  void ask(const std::string& key, v1::plugin::Credentials credentials, const std::string& request_id,
           Reply reply);

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    SharedVerdict verdict;
    Clock::time_point until;
  };
  struct Question {
    std::string key;
    v1::plugin::Credentials credentials;
    std::string request_id;
    Clock::time_point deadline;
    Reply reply;
  };

  bool join(Question& question);
  void submit(std::shared_ptr<Question> question);
  void answer(const Question& question);
  SharedVerdict verdict_of(const Question& question);
  void keep(const std::string& key, const SharedVerdict& verdict, Clock::time_point asked);
  void tell(std::string_view what, const std::string& request_id);

  const std::shared_ptr<ServerApp> app_;
  Log& log_;
  const std::chrono::milliseconds patience_;
  // Refusals stand apart: whoever sends a thousand wrong passwords must not push out the right ones.
  access::LruCache<Kept> accepted_{20'000};
  access::LruCache<Kept> refused_{2'000};
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<Question>>
      flights_;                        // by key: who waits for the call of another
  std::atomic<bool> keeps_{true};      // whether the last answer could be kept
  std::atomic<int64_t> last_told_{0};  // second of the last line about a fault
  http::WorkerPool calls_{16};         // last: its threads use all that is above
};

}  // namespace millrace::server

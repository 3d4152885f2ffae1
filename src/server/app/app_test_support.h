#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "millrace/v1/plugin/server_app.gen.h"

namespace millrace::server::testing {

/// A server_app in memory that accepts "Bearer <name>" and does what a test tells it besides.
class TestApp : public ServerApp {
 public:
  v1::plugin::Authentication authenticate(const CallContext&,
                                          const v1::plugin::Credentials& credentials) override {
    ++asked;
    if (before_answer) before_answer(credentials);
    v1::plugin::Authentication answer;
    answer.set_valid_seconds(valid_seconds);
    const std::string& given = credentials.authorization();
    answer.set_authenticated(given.starts_with("Bearer ") && given != "Bearer wrong");
    if (answer.authenticated()) {
      answer.set_principal(given.substr(7));
    } else {
      answer.set_message("No.");
      answer.add_challenges("Bearer realm=\"test\"");
    }
    return answer;
  }

  v1::plugin::AppResponse handle(const CallContext&, const v1::plugin::AppRequest& request) override {
    last_request = request;
    return response;
  }

  std::atomic<int> asked{0};
  std::atomic<int64_t> valid_seconds{60};
  std::function<void(const v1::plugin::Credentials&)> before_answer;
  v1::plugin::AppRequest last_request;
  v1::plugin::AppResponse response;
};

/// Waits for a number of replies.
class Replies {
 public:
  void count() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace millrace::server::testing

#pragma once

#include <functional>
#include <utility>

namespace millrace::conformance {

/// Runs `work` on `size` threads that begin at the same moment, each with its number from 0, and returns when
/// all have ended. Throws what the first of them to fail threw.
void all_at_once(int size, const std::function<void(int)>& work);

/// Does something at the end of its scope, however that is left. `action` must not throw.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> action) : action_(std::move(action)) {}
  ~AtEnd() { action_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  std::function<void()> action_;
};

}  // namespace millrace::conformance

#pragma once

#include <exception>
#include <functional>
#include <utility>
#include <variant>

namespace millrace {

/// What became of a call: its result or the fault that it threw.
template <typename Result>
class Outcome {
 public:
  Outcome(Result result) : state_(std::move(result)) {}
  Outcome(std::exception_ptr fault) : state_(std::move(fault)) {}

  /// The result, or throws the fault. Once.
  Result take() {
    if (auto* fault = std::get_if<std::exception_ptr>(&state_)) std::rethrow_exception(*fault);
    return std::get<Result>(std::move(state_));
  }

 private:
  std::variant<Result, std::exception_ptr> state_;
};

/// The outcome of `call`, caught where it cannot be thrown on: at the edge of a thread.
template <typename Call>
auto outcome_of(Call call) noexcept -> Outcome<decltype(call())> {
  try {
    return call();
  } catch (...) {
    return std::current_exception();
  }
}

/// Takes the outcome of a call that was started and not waited for. Called exactly once, on any thread,
/// perhaps before the start returned; must neither throw nor block.
template <typename Result>
using Reply = std::function<void(Outcome<Result>)>;

}  // namespace millrace

#include "conformance/check.h"

namespace millrace::conformance {

void require(bool truth, const std::string& what) {
  if (!truth) throw Failure(what);
}

void require_error(const std::function<void()>& action, ErrorCode code, const std::string& what) {
  try {
    action();
  } catch (const Error& error) {
    if (error.code() == code) return;
    throw Failure(what + ": the error is " + std::string(error_code_name(error.code())) + " instead of " +
                  std::string(error_code_name(code)));
  }
  throw Failure(what + ": no error was thrown");
}

}  // namespace millrace::conformance

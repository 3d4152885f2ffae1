#include "conformance/check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace millrace::conformance {
namespace {

constexpr std::array<std::string_view, 5> kThemes{"correctness", "refusal", "concurrency", "endurance",
                                                  "crash"};

}  // namespace

std::string_view theme_name(Theme theme) {
  return kThemes.at(static_cast<size_t>(theme));
}

Theme parse_theme(std::string_view name) {
  const auto found = std::find(kThemes.begin(), kThemes.end(), name);
  if (found != kThemes.end()) return static_cast<Theme>(found - kThemes.begin());
  std::string known;
  for (const std::string_view theme : kThemes) known.append(known.empty() ? "" : ", ").append(theme);
  throw_invalid_parameter("There is no theme '" + std::string(name) + "'; there are " + known + ".");
}

int Effort::of(int count, int least) const {
  return std::max(least, static_cast<int>(std::lround(count * scale)));
}

void require(bool truth, const std::string& what) {
  if (!truth) throw Failure(what);
}

void require_equal(std::string_view found, std::string_view expected, const std::string& what) {
  if (found == expected) return;
  throw Failure(what + ": '" + std::string(found) + "' instead of '" + std::string(expected) + "'");
}

void require_count(int64_t found, int64_t expected, const std::string& what) {
  if (found == expected) return;
  throw Failure(what + ": " + std::to_string(found) + " instead of " + std::to_string(expected));
}

void require_error(const std::function<void()>& action, ErrorCode code, const std::string& what) {
  const ErrorCode found = require_refusal(action, what);
  if (found == code) return;
  throw Failure(what + ": the error is " + std::string(error_code_name(found)) + " instead of " +
                std::string(error_code_name(code)));
}

ErrorCode require_refusal(const std::function<void()>& action, const std::string& what) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  throw Failure(what + ": it succeeded instead of being refused");
}

}  // namespace millrace::conformance

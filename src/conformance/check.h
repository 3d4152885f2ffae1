#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "conformance/subject.h"

namespace millrace::conformance {

/// What a check found wrong, in words for the author of the plugin.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a check looks after.
enum class Theme {
  kCorrectness,  ///< What the contract says of one call after the other.
  kRefusal,      ///< What cannot be kept or may not be seen is answered with an error.
  kConcurrency,  ///< Many callers at once lose nothing.
  kEndurance,    ///< Many calls leave memory and descriptors as they were.
  kCrash,        ///< SIGKILL loses nothing that was acknowledged and shows nothing half-written.
};

/// "correctness", "refusal", ... as reports and options name them.
std::string_view theme_name(Theme theme);
/// Throws INVALID_PARAMETER_VALUE that lists the themes for other texts.
Theme parse_theme(std::string_view name);

/// How much a check does where more finds more: 1 is what a release build is measured by, less suits builds
/// with sanitizers and quick looks.
struct Effort {
  double scale = 1;

  /// `count` in that scale, but no fewer than `least`.
  int of(int count, int least) const;
};

/// One behaviour that every implementation of a kind must show. `run` throws Failure, or whatever the subject
/// threw, when it does not, and NotApplicable when the subject gives no means to tell.
template <typename Interface>
struct Check {
  Theme theme;
  std::string name;  ///< A sentence; names it in reports, options and tests. Unique in its kit.
  std::function<void(Subject<Interface>&, const Effort&)> run;
};

/// All checks of one kind of plugin.
template <typename Interface>
struct Kit {
  std::string kind;  ///< As manifests name it: "tracking_store".
  std::vector<Check<Interface>> checks;
};

/// Throws Failure unless `truth`.
void require(bool truth, const std::string& what);

/// Throws Failure that shows both unless they are equal.
void require_equal(std::string_view found, std::string_view expected, const std::string& what);
void require_count(int64_t found, int64_t expected, const std::string& what);

/// Throws Failure unless `action` throws an Error with that code.
void require_error(const std::function<void()>& action, ErrorCode code, const std::string& what);

/// Throws Failure unless `action` throws an Error; returns its code.
ErrorCode require_refusal(const std::function<void()>& action, const std::string& what);

/// Throws NotApplicable unless the subject declares the capability.
template <typename Interface>
void require_capability(const Subject<Interface>& subject, const std::string& capability) {
  if (!subject.declares(capability))
    throw NotApplicable("the capability '" + capability + "' is not declared");
}

}  // namespace millrace::conformance

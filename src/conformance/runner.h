#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "conformance/check.h"
#include "conformance/report.h"

namespace millrace::conformance {

struct KitOptions {
  std::vector<Theme> themes;                      ///< Which to run; empty: all.
  std::string containing;                         ///< Runs only checks whose name contains this.
  std::chrono::milliseconds time_limit{120'000};  ///< For each check.
  /// Checks that are not begun by then fail, those that run are ended.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  Effort effort;
  std::function<void(const std::string& check)> on_start;  ///< Told each check before it runs.
  /// Told each result as it comes, which it may add to. Both on the caller's thread.
  std::function<void(Result&)> on_result;
};

/// Where a check leaves its subject for the runner, which kills it when the time is up.
class SubjectSlot {
 public:
  void put(std::shared_ptr<SubjectControls> subject);
  /// Kills the subject, if there is one and it can be killed.
  void kill_if_possible();

 private:
  std::mutex mutex_;
  std::shared_ptr<SubjectControls> subject_;
};

/// A check bound to what it runs against.
struct BoundCheck {
  Theme theme;
  std::string name;
  std::function<void(SubjectSlot&, const Effort&)> run;
};

/// Runs the checks one after the other, each on a thread of its own. Nothing that a check throws gets out. A
/// check that is not done in time fails; its subject is killed if it can be, and a thread that does not end
/// even then is left behind with its subject, so the process should exit soon after such a report.
Report run_checks(const std::string& kind, const std::vector<BoundCheck>& checks, const KitOptions& options);

/// Runs a kit, with a subject of its own for each check.
template <typename Interface>
Report run_kit(const Kit<Interface>& kit, const SubjectFactory<Interface>& make_subject,
               const KitOptions& options = {}) {
  std::vector<BoundCheck> bound;
  for (const Check<Interface>& check : kit.checks) {
    bound.push_back(
        {check.theme, check.name, [run = check.run, make_subject](SubjectSlot& slot, const Effort& effort) {
           const auto subject = make_subject();
           slot.put(subject);
           run(*subject, effort);
         }});
  }
  return run_checks(kit.kind, bound, options);
}

}  // namespace millrace::conformance

#include "conformance/runner.h"

#include <algorithm>
#include <future>
#include <thread>

namespace millrace::conformance {
namespace {

using Clock = std::chrono::steady_clock;

// How long a check may take to notice that its subject was killed.
constexpr std::chrono::seconds kGrace{5};

struct Finding {
  Verdict verdict;
  std::string reason;
};

// What `check` threw, in words. Every exception ends here.
Finding finding_of(const std::function<void()>& check) {
  try {
    check();
    return {Verdict::kPassed, ""};
  } catch (const NotApplicable& reason) {
    return {Verdict::kNotApplicable, reason.what()};
  } catch (const Failure& failure) {
    return {Verdict::kFailed, failure.what()};
  } catch (const Error& error) {
    return {Verdict::kFailed,
            "unexpected error " + std::string(error_code_name(error.code())) + ": " + error.what()};
  } catch (const std::exception& fault) {
    return {Verdict::kFailed, std::string("unexpected exception: ") + fault.what()};
  } catch (...) {
    return {Verdict::kFailed, "an exception of unknown type was thrown"};
  }
}

// Waits for the check, and when it takes too long makes its subject unusable so that it can end.
Finding wait_for(std::future<Finding>& finding, SubjectSlot& slot, std::thread& thread,
                 std::chrono::milliseconds limit) {
  if (finding.wait_for(limit) == std::future_status::ready) {
    thread.join();
    return finding.get();
  }
  slot.kill_if_possible();
  if (finding.wait_for(kGrace) == std::future_status::ready) {
    thread.join();
  } else {
    thread.detach();
  }
  return {Verdict::kFailed, "not done within " + std::to_string(limit.count()) + " ms"};
}

// What is left of the time of all checks, the limit of one at most.
std::chrono::milliseconds limit_of(const KitOptions& options) {
  if (options.deadline == Clock::time_point::max()) return options.time_limit;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(options.deadline - Clock::now());
  return std::min(options.time_limit, left);
}

Finding run_in_time(const BoundCheck& check, const KitOptions& options) {
  const std::chrono::milliseconds limit = limit_of(options);
  if (limit.count() <= 0) return {Verdict::kFailed, "not begun: the time for all checks is over"};
  // Owned by the thread too, which may outlive this call.
  const auto slot = std::make_shared<SubjectSlot>();
  std::packaged_task<Finding()> task(
      [check, effort = options.effort, slot] { return finding_of([&] { check.run(*slot, effort); }); });
  std::future<Finding> future = task.get_future();
  std::thread thread(std::move(task));
  return wait_for(future, *slot, thread, limit);
}

Result run_one(const BoundCheck& check, const KitOptions& options) {
  const Clock::time_point start = Clock::now();
  Finding finding = run_in_time(check, options);
  Result result;
  result.theme = check.theme;
  result.check = check.name;
  result.verdict = finding.verdict;
  result.reason = std::move(finding.reason);
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return result;
}

bool is_wanted(const BoundCheck& check, const KitOptions& options) {
  const auto& themes = options.themes;
  if (!themes.empty() && std::find(themes.begin(), themes.end(), check.theme) == themes.end()) return false;
  return check.name.find(options.containing) != std::string::npos;
}

}  // namespace

void SubjectSlot::put(std::shared_ptr<SubjectControls> subject) {
  const std::lock_guard lock(mutex_);
  subject_ = std::move(subject);
}

void SubjectSlot::kill_if_possible() {
  const std::lock_guard lock(mutex_);
  if (!subject_) return;
  // That it cannot be killed or is dead is no news: the check is reported as too slow either way.
  finding_of([&] { subject_->kill(); });
}

Report run_checks(const std::string& kind, const std::vector<BoundCheck>& checks, const KitOptions& options) {
  Report report;
  for (const BoundCheck& check : checks) {
    if (!is_wanted(check, options)) continue;
    if (options.on_start) options.on_start(check.name);
    Result result = run_one(check, options);
    result.kind = kind;
    if (options.on_result) options.on_result(result);
    report.add(std::move(result));
  }
  return report;
}

}  // namespace millrace::conformance

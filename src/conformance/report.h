#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "conformance/check.h"

namespace millrace::conformance {

enum class Verdict { kPassed, kFailed, kNotApplicable };

/// What one check found.
struct Result {
  std::string kind;
  std::string name;  ///< Of what was tested, where there are several of the kind; may be empty.
  Theme theme = Theme::kCorrectness;
  std::string check;
  Verdict verdict = Verdict::kPassed;
  std::string reason;  ///< Of a failure, or why the check says nothing; empty when it passed.
  std::chrono::milliseconds duration{0};
  std::vector<std::string> log;  ///< What the subject logged meanwhile, where that is collected.
};

/// The results of the kits that were run, in their order.
class Report {
 public:
  void add(Result result) { results_.push_back(std::move(result)); }
  /// Adds the results of another kit.
  void append(const Report& other);

  const std::vector<Result>& results() const { return results_; }
  int count(Verdict verdict) const;

  /// 0 when no check failed and at least one passed, else 1.
  int exit_status() const;

  /// The last line: "N passed, N failed, N skipped".
  std::string summary() const;

  /// {"passed":1,"failed":0,"skipped":0,"checks":[{"kind","name","theme","check","verdict","reason","log",
  /// "seconds"}]}; verdicts are "passed", "failed" and "skipped", `log` is a list of lines.
  std::string json() const;

 private:
  std::vector<Result> results_;
};

/// Prints results as they come, under headings of kind and theme, and the summary at the end. What a subject
/// has said cannot write control characters.
class ReportPrinter {
 public:
  explicit ReportPrinter(std::ostream& out) : out_(out) {}

  void print(const Result& result);
  void print_summary(const Report& report);

 private:
  std::ostream& out_;
  std::string heading_;
};

}  // namespace millrace::conformance

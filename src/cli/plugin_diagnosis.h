#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// What one look at a plugin told. In the order in which they weigh.
enum class FindingOutcome { kFine, kSkipped, kWarning, kFailed };

std::string_view finding_outcome_name(FindingOutcome outcome);  ///< "fine", "skipped", "warning", "failed"

struct DoctorFinding {
  FindingOutcome outcome = FindingOutcome::kFine;
  std::string subject;  ///< "manifest", "setting token", "open tracking_store:acme" ...
  std::string message;  ///< what was found and what to do; no credential
  std::optional<int64_t> milliseconds;
};

/// All that was found about one plugin.
struct Diagnosis {
  std::string id;
  std::string version;  ///< empty when the manifest cannot be read
  std::filesystem::path folder;
  std::vector<DoctorFinding> findings;

  /// The weightiest of the findings; what was skipped weighs nothing.
  FindingOutcome outcome() const;
};

/// What `millrace plugin doctor` prints.
void print_text(const std::vector<Diagnosis>& diagnoses, std::ostream& out);
void print_json(const std::vector<Diagnosis>& diagnoses, std::ostream& out);

}  // namespace millrace::cli

#include "cli/plugin_diagnosis.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "cli/json_object.h"

namespace millrace::cli {
namespace {

constexpr const char* kNoPlugins = "No plugins are installed.\n";

size_t width_of_subjects(const Diagnosis& diagnosis) {
  size_t width = 0;
  for (const DoctorFinding& finding : diagnosis.findings) width = std::max(width, finding.subject.size());
  return width;
}

std::string shown_outcome(FindingOutcome outcome) {
  return outcome == FindingOutcome::kFailed ? "FAILED" : std::string(finding_outcome_name(outcome));
}

void print_finding(const DoctorFinding& finding, size_t width, std::ostream& out) {
  out << "  " << std::left << std::setw(9) << shown_outcome(finding.outcome)
      << std::setw(static_cast<int>(width) + 2) << finding.subject << finding.message;
  if (finding.milliseconds) out << " (" << *finding.milliseconds << " ms)";
  out << "\n";
}

int64_t count_of(const std::vector<Diagnosis>& diagnoses, FindingOutcome outcome) {
  return std::count_if(diagnoses.begin(), diagnoses.end(),
                       [outcome](const Diagnosis& each) { return each.outcome() == outcome; });
}

std::string finding_json(const DoctorFinding& finding) {
  JsonObject object;
  object.text("subject", finding.subject).text("outcome", finding_outcome_name(finding.outcome));
  object.text("message", finding.message);
  if (finding.milliseconds) object.number("milliseconds", *finding.milliseconds);
  return object.str();
}

std::string diagnosis_json(const Diagnosis& diagnosis) {
  std::vector<std::string> findings;
  for (const DoctorFinding& finding : diagnosis.findings) findings.push_back(finding_json(finding));
  JsonObject object;
  object.text("id", diagnosis.id)
      .text("version", diagnosis.version)
      .text("folder", diagnosis.folder.string());
  return object.text("outcome", finding_outcome_name(diagnosis.outcome()))
      .json("findings", json_list(findings))
      .str();
}

}  // namespace

std::string_view finding_outcome_name(FindingOutcome outcome) {
  switch (outcome) {
    case FindingOutcome::kFine:
      return "fine";
    case FindingOutcome::kSkipped:
      return "skipped";
    case FindingOutcome::kWarning:
      return "warning";
    case FindingOutcome::kFailed:
      return "failed";
  }
  return "";
}

FindingOutcome Diagnosis::outcome() const {
  FindingOutcome worst = FindingOutcome::kFine;
  for (const DoctorFinding& finding : findings) {
    if (finding.outcome != FindingOutcome::kSkipped) worst = std::max(worst, finding.outcome);
  }
  return worst;
}

void print_text(const std::vector<Diagnosis>& diagnoses, std::ostream& out) {
  if (diagnoses.empty()) {
    out << kNoPlugins;
    return;
  }
  for (const Diagnosis& diagnosis : diagnoses) {
    out << diagnosis.id << (diagnosis.version.empty() ? "" : " " + diagnosis.version) << " in "
        << diagnosis.folder.string() << "\n";
    const size_t width = width_of_subjects(diagnosis);
    for (const DoctorFinding& finding : diagnosis.findings) print_finding(finding, width, out);
    out << "\n";
  }
  out << diagnoses.size() << (diagnoses.size() == 1 ? " plugin: " : " plugins: ")
      << count_of(diagnoses, FindingOutcome::kFine) << " fine, "
      << count_of(diagnoses, FindingOutcome::kWarning) << " with warnings, "
      << count_of(diagnoses, FindingOutcome::kFailed) << " failed\n";
}

void print_json(const std::vector<Diagnosis>& diagnoses, std::ostream& out) {
  std::vector<std::string> plugins;
  for (const Diagnosis& diagnosis : diagnoses) plugins.push_back(diagnosis_json(diagnosis));
  JsonObject summary;
  for (const auto outcome : {FindingOutcome::kFine, FindingOutcome::kWarning, FindingOutcome::kFailed})
    summary.number(finding_outcome_name(outcome), count_of(diagnoses, outcome));
  out << JsonObject().json("plugins", json_list(plugins)).json("summary", summary.str()).str() << "\n";
}

}  // namespace millrace::cli

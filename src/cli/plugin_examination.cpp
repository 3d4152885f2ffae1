#include "cli/plugin_examination.h"

#include <algorithm>

namespace millrace::cli {
namespace {

using plugin::Claim;
using plugin::Outcome;
using plugin::Standing;

// Whether its operator left it out on purpose.
bool is_left_out(Standing standing) {
  return standing == Standing::kNotAllowed || standing == Standing::kShadowed;
}

DoctorFinding about_claim(const Claim& claim) {
  const FindingOutcome outcome =
      claim.outcome == Outcome::kCollides ? FindingOutcome::kFailed : FindingOutcome::kWarning;
  return {
      outcome, claim.name.to_string(), std::string(outcome_name(claim.outcome)) + ": " + claim.reason, {}};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : "; ").append(text);
  return all;
}

std::string not_set(const plugin::ConfigurationField& field) {
  const std::string where = field.environment.empty() ? "" : ", nor is " + field.environment;
  return "not set" + where + "; it need not be";
}

}  // namespace

std::vector<DoctorFinding> examine_standing(const plugin::CatalogEntry& entry,
                                            const plugin::Catalog& catalog) {
  if (entry.standing != Standing::kUsable) {
    const auto outcome = is_left_out(entry.standing) ? FindingOutcome::kWarning : FindingOutcome::kFailed;
    return {{outcome, "manifest", std::string(standing_name(entry.standing)) + ": " + entry.reason, {}}};
  }
  std::vector<DoctorFinding> findings{{FindingOutcome::kFine, "manifest", "it is right and takes part", {}}};
  for (const Claim& claim : catalog.claims()) {
    if (claim.provider == entry.summary.id && claim.outcome != Outcome::kWins)
      findings.push_back(about_claim(claim));
  }
  return findings;
}

DoctorFinding examine_files(const plugin::Verification& verification, const plugin::Policy& policy) {
  if (verification.passed()) {
    return {FindingOutcome::kFine,
            "files",
            verification.trusted ? "a trusted key signed them" : "they are those that were installed",
            {}};
  }
  const bool known = verification.locked || verification.is_signed || policy.require_signature;
  return {
      known ? FindingOutcome::kFailed : FindingOutcome::kWarning, "files", joined(verification.faults), {}};
}

std::vector<DoctorFinding> examine_settings(const plugin::Manifest& manifest,
                                            const plugin::Settings& settings,
                                            const plugin::Environment& environment) {
  const auto places = find_setting_places(manifest, settings, environment);
  const auto faults = find_configuration_faults(manifest, settings, environment);
  std::vector<DoctorFinding> findings;
  for (const plugin::ConfigurationField& field : manifest.configuration) {
    const bool wrong = std::any_of(faults.begin(), faults.end(),
                                   [&](const auto& fault) { return fault.name == field.name; });
    if (wrong) continue;
    const auto place = places.find(field.name);
    findings.push_back({FindingOutcome::kFine,
                        "setting " + field.name,
                        place == places.end() ? not_set(field) : "from " + place->second,
                        {}});
  }
  for (const plugin::ConfigurationFault& fault : faults)
    findings.push_back({FindingOutcome::kFailed, "setting " + fault.name, fault.message, {}});
  return findings;
}

}  // namespace millrace::cli

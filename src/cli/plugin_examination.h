#pragma once

#include <string>
#include <vector>

#include "cli/plugin_diagnosis.h"
#include "plugin/catalog.h"
#include "plugin/configuration.h"
#include "plugin/policy.h"
#include "plugin/verification.h"

namespace millrace::cli {

/// What can be told about a plugin without running it. Each gives the findings of one subject.

/// Whether it takes part, and who else claims its names.
std::vector<DoctorFinding> examine_standing(const plugin::CatalogEntry& entry,
                                            const plugin::Catalog& catalog);

/// Whether its files are those that were installed or signed. One of `kFailed` means that it must not be run.
DoctorFinding examine_files(const plugin::Verification& verification, const plugin::Policy& policy);

/// Which settings there are and where they stand; never what they say.
std::vector<DoctorFinding> examine_settings(const plugin::Manifest& manifest,
                                            const plugin::Settings& settings,
                                            const plugin::Environment& environment);

}  // namespace millrace::cli

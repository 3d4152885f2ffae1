#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/locations.h"
#include "maintenance/session.h"

namespace millrace::maintenance {

/// What is to be deleted for good: things that users have deleted, which until now only hides them.
struct GcOptions {
  int64_t older_than = 0;  ///< milliseconds since they were deleted (experiments, models: last changed)
  /// With any of these, only the named are deleted; else all.
  std::vector<std::string> run_ids;
  std::vector<std::string> experiment_ids;
  std::vector<std::string> model_ids;
  bool keep_artifacts = false;  ///< Only rows are deleted.
  bool apply = false;           ///< else only told
};

struct GcReport {
  int64_t runs = 0;
  int64_t models = 0;
  int64_t traces = 0;
  int64_t experiments = 0;
  int64_t left_out = 0;  ///< for reasons that were told
};

/// Deletes runs, logged models and experiments that are in the stage "deleted", an experiment with all that
/// is in it: artifacts first, then rows, so that what was interrupted, even by a kill, is finished by the
/// next run. Things whose artifacts cannot be removed are left as they are and told. Only folders that are
/// named after their run, model or trace are ever removed.
///
/// Rows are read and deleted in pages; memory does not grow with them. Throws INVALID_PARAMETER_VALUE, before
/// anything is deleted, for named things that are not there, not deleted or too young.
GcReport collect_garbage(Session& session, const artifacts::ArtifactLocations& locations,
                         const GcOptions& options, const Tell& tell);

/// An age as MLflow writes it, "30d" or "2d8h5m20s", with decimals: milliseconds. Throws
/// INVALID_PARAMETER_VALUE.
int64_t parse_age(const std::string& text);

}  // namespace millrace::maintenance

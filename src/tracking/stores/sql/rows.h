#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/v1/logged_models.pb.h"
#include "millrace/v1/runs.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Experiment ids are integers in SQL databases. Throws INVALID_PARAMETER_VALUE for other texts.
int64_t parse_experiment_id(std::string_view id);

/// How MLflow's schema keeps a metric value: NaN as 0 with a mark, infinities as the largest finite values.
struct StoredValue {
  double value;
  bool is_nan;
};
StoredValue stored_value(double value);
double value_from(double stored, bool is_nan);

/// What the first look at a run tells before a write.
struct RunState {
  int64_t experiment_id;
  std::string stage;
};
[[noreturn]] void throw_no_run(std::string_view run_id);
/// Throws INVALID_STATE unless the run is in `required_stage` (empty: any).
void check_stage(std::string_view run_id, const RunState& state, std::string_view required_stage);

/// Throws RESOURCE_DOES_NOT_EXIST when there is no such run.
RunState find_run(sql::Connection& connection, std::string_view run_id);
/// The same with check_stage().
RunState require_run(sql::Connection& connection, std::string_view run_id, std::string_view required_stage);

/// Columns of `runs r` that read_run_info() expects, in its order.
inline constexpr const char* kRunColumns =
    "r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, "
    "r.lifecycle_stage";
void read_run_info(const sql::Statement& row, v1::RunInfo& info);

/// Reads a run's own row, whatever its stage. False when there is no such run.
bool read_run_info(sql::Connection& connection, std::string_view run_id, v1::RunInfo& info);

/// Adds latest metrics, params, tags, inputs and outputs to a run whose info is set.
void read_run_details(sql::Connection& connection, v1::Run& run);

/// Ids that a list of SQL literals may be made of: "(1,2,3)". Integers only, so nothing needs quoting.
std::string integer_list(const google::protobuf::RepeatedPtrField<std::string>& ids);

}  // namespace millrace::tracking

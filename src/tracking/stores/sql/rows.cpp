#include "tracking/stores/sql/rows.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace millrace::tracking {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

int64_t parse_experiment_id(std::string_view id) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (fault != std::errc() || end != id.data() + id.size() || id.empty()) {
    throw_invalid_parameter("Invalid experiment ID '" + std::string(id) +
                            "'. Experiment ID must be a valid integer.");
  }
  return number;
}

StoredValue stored_value(double value) {
  if (std::isnan(value)) return {0, true};
  if (std::isinf(value)) return {value > 0 ? kLargest : -kLargest, false};
  return {value, false};
}

double value_from(double stored, bool is_nan) {
  if (is_nan) return std::numeric_limits<double>::quiet_NaN();
  if (stored >= kLargest) return kInfinity;
  if (stored <= -kLargest) return -kInfinity;
  return stored;
}

void throw_no_run(std::string_view run_id) {
  throw_not_found("Run with id=" + std::string(run_id) + " not found");
}

void check_stage(std::string_view run_id, const RunState& state, std::string_view required_stage) {
  if (required_stage.empty() || state.stage == required_stage) return;
  throw Error(ErrorCode::kInvalidState, "The run " + std::string(run_id) + " must be in the '" +
                                            std::string(required_stage) + "' state. Current state is " +
                                            state.stage + ".");
}

RunState find_run(sql::Connection& connection, std::string_view run_id) {
  auto row = connection.prepare("SELECT experiment_id, lifecycle_stage FROM runs WHERE run_uuid = ?1");
  if (!row.bind(1, run_id).step()) throw_no_run(run_id);
  return {row.integer(0), std::string(row.text(1))};
}

RunState require_run(sql::Connection& connection, std::string_view run_id, std::string_view required_stage) {
  RunState state = find_run(connection, run_id);
  check_stage(run_id, state, required_stage);
  return state;
}

void read_run_info(const sql::Statement& row, v1::RunInfo& info) {
  info.set_run_id(std::string(row.text(0)));
  info.set_run_uuid(info.run_id());
  info.set_run_name(std::string(row.text(1)));
  info.set_experiment_id(std::string(row.text(2)));
  info.set_user_id(std::string(row.text(3)));
  v1::RunStatus status = v1::RUNNING;
  v1::RunStatus_Parse(std::string(row.text(4)), &status);
  info.set_status(status);
  if (!row.is_null(5)) info.set_start_time(row.integer(5));
  if (!row.is_null(6)) info.set_end_time(row.integer(6));
  info.set_artifact_uri(std::string(row.text(7)));
  info.set_lifecycle_stage(std::string(row.text(8)));
}

bool read_run_info(sql::Connection& connection, std::string_view run_id, v1::RunInfo& info) {
  static const std::string kSelect =
      std::string("SELECT ") + kRunColumns + " FROM runs r WHERE r.run_uuid = ?1";
  auto row = connection.prepare(kSelect);
  if (!row.bind(1, run_id).step()) return false;
  read_run_info(row, info);
  return true;
}

std::string integer_list(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::string list = "(";
  for (const std::string& id : ids) {
    if (list.size() > 1) list += ',';
    list += std::to_string(parse_experiment_id(id));
  }
  return list + ")";
}

}  // namespace millrace::tracking

#pragma once

#include <string>
#include <string_view>

namespace millrace::tracking {

/// The tag in which clients before MLflow 3 keep the models of a run: a JSON list of descriptions.
inline constexpr std::string_view kModelHistoryTag = "mlflow.log-model.history";

/// What the tag keeps of a model's description: run_id, utc_time_created, artifact_path, model_uuid, and the
/// flavors without their "config". Throws INVALID_PARAMETER_VALUE when the text is no JSON object or lacks a
/// mandatory field.
std::string model_history_entry(const std::string& model_json);

/// The tag's value with an entry added to what it was; `history` may be empty.
std::string with_model_history_entry(const std::string& history, const std::string& entry);

}  // namespace millrace::tracking

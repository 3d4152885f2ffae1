#pragma once

#include <cstdint>
#include <string_view>

#include "millrace/v1/registered_models.pb.h"
#include "sql/connection.h"

namespace millrace::registry {

/// The stage that MLflow's schema marks deleted versions with; their rows stay, so that no number comes
/// twice.
inline constexpr std::string_view kDeletedStage = "Deleted_Internal";

/// Columns of `registered_models m` that read_registered_model() expects, in its order.
inline constexpr const char* kRegisteredModelColumns =
    "m.name, m.creation_time, m.last_updated_time, m.description";

/// Columns of `model_versions v` that read_model_version() expects, in its order.
inline constexpr const char* kModelVersionColumns =
    "v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, "
    "v.source, v.run_id, v.status, v.status_message, v.run_link";
inline constexpr int kModelVersionColumnCount = 12;

inline constexpr std::string_view kStages[] = {"None", "Staging", "Production", "Archived"};

int64_t number_of(const v1::ModelVersion& version);

/// Reads a row alone.
void read_model_row(const sql::Statement& row, v1::RegisteredModel& model);
void read_version_row(const sql::Statement& row, v1::ModelVersion& version);

/// Reads a row with its tags, aliases and latest versions.
void read_registered_model(sql::Connection& connection, const sql::Statement& row,
                           v1::RegisteredModel& model);

/// Reads a row with its tags.
void read_model_version(sql::Connection& connection, const sql::Statement& row, v1::ModelVersion& version);

/// A model as it stands. Throws RESOURCE_DOES_NOT_EXIST when there is none.
v1::RegisteredModel load_registered_model(sql::Connection& connection, std::string_view name);
/// A version as it stands, aliases included. Throws RESOURCE_DOES_NOT_EXIST when there is none or it was
/// deleted.
v1::ModelVersion load_model_version(sql::Connection& connection, std::string_view name, int64_t version);

bool has_registered_model(sql::Connection& connection, std::string_view name);
/// Throws RESOURCE_DOES_NOT_EXIST unless the model is there.
void require_registered_model(sql::Connection& connection, std::string_view name);
/// Throws RESOURCE_DOES_NOT_EXIST unless the version is there and was not deleted.
void require_model_version(sql::Connection& connection, std::string_view name, int64_t version);

/// As require_...(), and other servers that lock the model or a version of it wait until the transaction
/// ends, so that what is read of its versions from here on stays so.
void lock_registered_model(sql::Connection& connection, std::string_view name);
void lock_model_version(sql::Connection& connection, std::string_view name, int64_t version);

[[noreturn]] void throw_no_version(std::string_view name, int64_t version);

/// Sets the time of the model's last change.
void touch_registered_model(sql::Connection& connection, std::string_view name, int64_t time);

}  // namespace millrace::registry

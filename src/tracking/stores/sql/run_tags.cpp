#include "tracking/stores/sql/run_tags.h"

namespace millrace::tracking {
namespace {

constexpr std::string_view kRunNameTag = "mlflow.runName";

void upsert(sql::Connection& connection, std::string_view run_id, std::string_view key,
            std::string_view value) {
  connection
      .prepare(
          "INSERT INTO tags(key, value, run_uuid) VALUES(?1, ?2, ?3) "
          "ON CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value")
      .bind(1, key)
      .bind(2, value)
      .bind(3, run_id)
      .run();
}

}  // namespace

void write_run_tag(sql::Connection& connection, std::string_view run_id, std::string_view key,
                   std::string_view value) {
  if (names_run(key, value)) return rename_run(connection, run_id, value);
  upsert(connection, run_id, key, value);
}

bool names_run(std::string_view key, std::string_view value) {
  return key == kRunNameTag && !value.empty();
}

void rename_run(sql::Connection& connection, std::string_view run_id, std::string_view name) {
  connection.prepare("UPDATE runs SET name = ?1 WHERE run_uuid = ?2").bind(1, name).bind(2, run_id).run();
  upsert(connection, run_id, kRunNameTag, name);
}

}  // namespace millrace::tracking

#include "registry/stores/file/registry_rows.h"

#include <set>

namespace millrace::registry::files {
namespace {

using sql::Connection;

void bind_text(sql::Statement& statement, int position, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(position, std::string_view(*text));
  } else {
    statement.bind_null(position);
  }
}

std::string_view text_or_empty(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

void insert_version(Connection& connection, const ModelFiles& model, const VersionFiles& version) {
  auto row = connection.prepare(
      "INSERT INTO model_versions(workspace, name, version, creation_time, last_updated_time, description, "
      "user_id, "
      "current_stage, source, run_id, status, status_message, run_link, storage_location) VALUES('default', "
      "?1, ?2, "
      "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  row.bind(1, std::string_view(model.name)).bind(2, version.number).bind(3, version.creation_time);
  row.bind(4, version.update_time);
  bind_text(row, 5, version.description);
  bind_text(row, 6, version.user_id);
  row.bind(7, std::string_view(version.stage)).bind(8, std::string_view(version.source));
  // The store on SQL databases keeps an empty text where there is no run, and so do answers.
  row.bind(9, text_or_empty(version.run_id));
  row.bind(10, std::string_view(version.status));
  bind_text(row, 11, version.status_message);
  row.bind(12, text_or_empty(version.run_link));
  bind_text(row, 13, version.storage_location);
  row.run();
  auto tag = connection.prepare(
      "INSERT INTO model_version_tags(workspace, name, version, key, value) VALUES('default', ?1, ?2, ?3, "
      "?4)");
  for (const auto& [key, value] : version.tags) {
    tag.bind(1, std::string_view(model.name)).bind(2, version.number);
    tag.bind(3, std::string_view(key)).bind(4, std::string_view(value)).run();
  }
}

}  // namespace

void insert_model(Connection& connection, const ModelFiles& model) {
  auto row = connection.prepare(
      "INSERT INTO registered_models(workspace, name, creation_time, last_updated_time, description) "
      "VALUES('default', ?1, ?2, ?3, ?4)");
  row.bind(1, std::string_view(model.name)).bind(2, model.creation_time).bind(3, model.update_time);
  bind_text(row, 4, model.description);
  row.run();
  auto tag = connection.prepare(
      "INSERT INTO registered_model_tags(workspace, name, key, value) VALUES('default', ?1, ?2, ?3)");
  for (const auto& [key, value] : model.tags)
    tag.bind(1, std::string_view(model.name))
        .bind(2, std::string_view(key))
        .bind(3, std::string_view(value))
        .run();
  std::set<int64_t> numbers;
  for (const VersionFiles& version : model.versions) {
    insert_version(connection, model, version);
    if (version.stage != "Deleted_Internal") numbers.insert(version.number);
  }
  auto alias = connection.prepare(
      "INSERT INTO registered_model_aliases(workspace, name, alias, version) VALUES('default', ?1, ?2, ?3)");
  for (const auto& [name, number] : model.aliases) {
    // An alias that points to nothing is none.
    if (!numbers.contains(number)) continue;
    alias.bind(1, std::string_view(model.name)).bind(2, std::string_view(name)).bind(3, number).run();
  }
}

void remove_model(Connection& connection, std::string_view name) {
  for (const char* table : {"model_version_tags", "registered_model_tags", "registered_model_aliases",
                            "model_versions", "registered_models"})
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE workspace = 'default' AND name = ?1")
        .bind(1, name)
        .run();
}

}  // namespace millrace::registry::files

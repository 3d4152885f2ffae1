#include <iterator>

#include "base/error.h"
#include "registry/stores/sql/rows.h"
#include "registry/stores/sql/sql_registry_store.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using v1::plugin::Done;
using v1::plugin::NewRegisteredModel;
using v1::plugin::RegisteredModelChanges;

// A model's own rows stand under its name in all of them.
constexpr std::string_view kTablesOfModels[] = {"model_version_tags", "registered_model_tags",
                                                "registered_model_aliases", "model_versions",
                                                "registered_models"};

void refuse_taken_name(Connection& connection, const std::string& name) {
  if (!has_registered_model(connection, name)) return;
  throw Error(ErrorCode::kResourceAlreadyExists, "Registered Model (name=" + name + ") already exists.");
}

void write_tag(Connection& connection, std::string_view name, std::string_view key, std::string_view value) {
  connection
      .prepare(
          "INSERT INTO registered_model_tags(workspace, name, key, value) VALUES('default', ?1, ?2, ?3) "
          "ON CONFLICT(workspace, key, name) DO UPDATE SET value = excluded.value")
      .bind(1, name)
      .bind(2, key)
      .bind(3, value)
      .run();
}

v1::RegisteredModel insert(Connection& connection, const NewRegisteredModel& model) {
  refuse_taken_name(connection, model.name());
  auto statement = connection.prepare(
      "INSERT INTO registered_models(workspace, name, creation_time, last_updated_time, description) "
      "VALUES('default', ?1, ?2, ?2, ?3)");
  statement.bind(1, std::string_view(model.name())).bind(2, model.creation_time());
  if (model.has_description()) statement.bind(3, std::string_view(model.description()));
  statement.run();
  for (const auto& tag : model.tags()) write_tag(connection, model.name(), tag.key(), tag.value());
  return load_registered_model(connection, model.name());
}

// Where the database minds foreign keys, the change of the model's own row, which comes first, takes all
// others along.
void rename(Connection& connection, const RegisteredModelChanges& changes) {
  if (changes.new_name() != changes.name()) refuse_taken_name(connection, changes.new_name());
  for (auto table = std::rbegin(kTablesOfModels); table != std::rend(kTablesOfModels); ++table) {
    connection
        .prepare("UPDATE " + std::string(*table) + " SET name = ?1 WHERE workspace = 'default' AND name = ?2")
        .bind(1, std::string_view(changes.new_name()))
        .bind(2, std::string_view(changes.name()))
        .run();
  }
  connection
      .prepare("UPDATE model_versions SET last_updated_time = ?1 WHERE workspace = 'default' AND name = ?2")
      .bind(1, changes.update_time())
      .bind(2, std::string_view(changes.new_name()))
      .run();
}

void describe(Connection& connection, const RegisteredModelChanges& changes) {
  connection
      .prepare("UPDATE registered_models SET description = ?1 WHERE workspace = 'default' AND name = ?2")
      .bind(1, std::string_view(changes.description()))
      .bind(2, std::string_view(changes.name()))
      .run();
}

v1::RegisteredModel apply(Connection& connection, const RegisteredModelChanges& changes) {
  lock_registered_model(connection, changes.name());
  if (changes.has_description()) describe(connection, changes);
  if (changes.has_new_name()) rename(connection, changes);
  const std::string& name = changes.has_new_name() ? changes.new_name() : changes.name();
  touch_registered_model(connection, name, changes.update_time());
  return load_registered_model(connection, name);
}

void remove(Connection& connection, std::string_view name) {
  lock_registered_model(connection, name);
  for (const std::string_view table : kTablesOfModels) {
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE workspace = 'default' AND name = ?1")
        .bind(1, name)
        .run();
  }
}

}  // namespace

v1::RegisteredModel SqlRegistryStore::create_registered_model(const CallContext&,
                                                              const NewRegisteredModel& request) {
  return database_->writer().call([&](Connection& connection) { return insert(connection, request); });
}

v1::RegisteredModel SqlRegistryStore::get_registered_model(const CallContext&,
                                                           const v1::plugin::RegisteredModelLookup& request) {
  return database_->readers().read(
      [&](Connection& connection) { return load_registered_model(connection, request.name()); });
}

v1::RegisteredModel SqlRegistryStore::update_registered_model(const CallContext&,
                                                              const RegisteredModelChanges& request) {
  return database_->writer().call([&](Connection& connection) { return apply(connection, request); });
}

Done SqlRegistryStore::delete_registered_model(const CallContext&,
                                               const v1::plugin::RegisteredModelLookup& request) {
  database_->writer().run([&](Connection& connection) { remove(connection, request.name()); });
  return {};
}

Done SqlRegistryStore::set_registered_model_tag(const CallContext&,
                                                const v1::plugin::RegisteredModelTagWrite& request) {
  database_->writer().run([&](Connection& connection) {
    require_registered_model(connection, request.name());
    write_tag(connection, request.name(), request.key(), request.value());
  });
  return {};
}

Done SqlRegistryStore::delete_registered_model_tag(const CallContext&,
                                                   const v1::plugin::RegisteredModelTagKey& request) {
  database_->writer().run([&](Connection& connection) {
    require_registered_model(connection, request.name());
    connection
        .prepare("DELETE FROM registered_model_tags WHERE workspace = 'default' AND key = ?1 AND name = ?2")
        .bind(1, std::string_view(request.key()))
        .bind(2, std::string_view(request.name()))
        .run();
  });
  return {};
}

}  // namespace millrace::registry

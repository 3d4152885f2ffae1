#include "base/error.h"
#include "registry/stores/sql/rows.h"
#include "registry/stores/sql/sql_registry_store.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using v1::plugin::Done;

int64_t version_of_alias(Connection& connection, std::string_view name, std::string_view alias) {
  require_registered_model(connection, name);
  auto row = connection.prepare(
      "SELECT version FROM registered_model_aliases WHERE workspace = 'default' AND name = ?1 AND alias = "
      "?2");
  if (row.bind(1, name).bind(2, alias).step()) return row.integer(0);
  throw_invalid_parameter("Registered model alias " + std::string(alias) + " not found.");
}

}  // namespace

v1::ModelVersion SqlRegistryStore::get_model_version(const CallContext&,
                                                     const v1::plugin::ModelVersionLookup& request) {
  return database_->readers().read([&](Connection& connection) {
    const int64_t version = request.by_case() == v1::plugin::ModelVersionLookup::kAlias
                                ? version_of_alias(connection, request.name(), request.alias())
                                : request.version();
    return load_model_version(connection, request.name(), version);
  });
}

Done SqlRegistryStore::set_registered_model_alias(const CallContext&, const v1::plugin::AliasWrite& request) {
  database_->writer().run([&](Connection& connection) {
    lock_model_version(connection, request.name(), request.version());
    connection
        .prepare(
            "INSERT INTO registered_model_aliases(workspace, name, alias, version) "
            "VALUES('default', ?1, ?2, ?3) "
            "ON CONFLICT(workspace, name, alias) DO UPDATE SET version = excluded.version")
        .bind(1, std::string_view(request.name()))
        .bind(2, std::string_view(request.alias()))
        .bind(3, request.version())
        .run();
  });
  return {};
}

Done SqlRegistryStore::delete_registered_model_alias(const CallContext&,
                                                     const v1::plugin::AliasKey& request) {
  database_->writer().run([&](Connection& connection) {
    require_registered_model(connection, request.name());
    connection
        .prepare(
            "DELETE FROM registered_model_aliases WHERE workspace = 'default' AND name = ?1 AND alias = ?2")
        .bind(1, std::string_view(request.name()))
        .bind(2, std::string_view(request.alias()))
        .run();
  });
  return {};
}

}  // namespace millrace::registry

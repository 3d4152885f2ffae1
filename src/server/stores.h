#pragma once

#include <memory>
#include <optional>

#include "base/log.h"
#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "plugin/host/plugin_host.h"
#include "server/settings.h"
#include "sql/database.h"

namespace millrace::server {

/// A sqlite:, postgresql:, mysql: or mssql: URI, or another scheme of these, as in mysql+pymysql:.
bool is_database_uri(const std::string& uri);

/// Opens the database of a sqlite:, postgresql:, mysql: or mssql: URI, making its schema where there is none.
std::shared_ptr<sql::Database> open_database(const Settings& settings, const std::string& uri);

/// The stores that the settings name: built in for sqlite:, postgresql:, mysql: and mssql: URIs and for
/// folders, else those of plugins.
class Stores {
 public:
  /// Opens them. Throws INVALID_PARAMETER_VALUE that lists what is known for a scheme that nobody serves, and
  /// what a database, a folder or a plugin throws that cannot be opened. The log, which outlives this, hears
  /// of files that are left out.
  Stores(const Settings& settings, plugin::PluginHost& plugins, Log& log);

  TrackingStore& tracking() { return *tracking_; }
  /// Where no registry is to be had, one whose operations all answer NOT_IMPLEMENTED and what to set.
  RegistryStore& registry() { return *registry_; }

  /// Of the built-in tracking store; nothing of a plugin's.
  std::optional<sql::WriterStatistics> writer_statistics() const;
  /// Whether runs are kept by the built-in store on a database.
  bool has_database() const { return database_ != nullptr; }
  /// Whether reads of the tracking store wait for another process or for files, which may take as long as
  /// they like.
  bool is_remote() const { return database_ == nullptr || database_->is_remote(); }

 private:
  std::shared_ptr<sql::Database> database_;
  std::shared_ptr<TrackingStore> tracking_;
  std::shared_ptr<RegistryStore> registry_;
};

}  // namespace millrace::server

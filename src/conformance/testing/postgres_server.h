#pragma once

#include <filesystem>
#include <string>

namespace millrace::conformance::testing {

/// A PostgreSQL server of its own, in a temporary folder, on a socket there and no port; ended and removed
/// with this. It must be installed as Debian installs it. Root's runs as the user postgres, since PostgreSQL
/// refuses root.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Of its first database.
  std::string uri() const;

 private:
  std::filesystem::path folder_;
};

/// What artifacts of the databases below lie under.
inline constexpr const char* kPostgresArtifactRoot = "root:/artifacts";

/// The URI of a database with MLflow's schema that belongs to `folder`, made when it is not there, at the
/// server whose first database has the URI `server`.
std::string postgres_database_of(const std::string& server, const std::string& folder);

}  // namespace millrace::conformance::testing

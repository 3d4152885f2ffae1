#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "conformance/testing/child.h"

namespace millrace::conformance::testing {

/// A MariaDB server of its own, in a temporary folder, on a socket there and no port; ended and removed with
/// this. Its programs must be installed as Debian's packages mariadb-server-core and mariadb-client-core
/// install them, which start nothing by themselves.
class MariadbServer {
 public:
  MariadbServer();
  ~MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  /// Of its first database.
  std::string uri() const;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Child> server_;
};

/// The URI of a database that belongs to `folder`, made when it is not there, at the server whose first
/// database has the URI `server`.
std::string mariadb_database_of(const std::string& server, const std::string& folder);

}  // namespace millrace::conformance::testing

#include "conformance/testing/postgres_server.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/ids.h"
#include "sql/postgres/postgres_database.h"

namespace millrace::conformance::testing {
namespace {

// The newest that is installed.
std::filesystem::path programs() {
  std::filesystem::path newest;
  const std::filesystem::path root = "/usr/lib/postgresql";
  if (std::filesystem::is_directory(root)) {
    for (const auto& version : std::filesystem::directory_iterator(root)) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) newest = std::max(newest, version.path());
    }
  }
  if (newest.empty())
    throw Error(ErrorCode::kInternalError, "PostgreSQL is not installed; ./dev installs Debian's.");
  return newest / "bin";
}

void run(const std::string& command) {
  const std::string user = geteuid() == 0 ? "setpriv --reuid postgres --regid postgres --clear-groups " : "";
  if (std::system((user + command + " >/dev/null").c_str()) != 0)
    throw Error(ErrorCode::kInternalError, "'" + command + "' failed");
}

void give_to_postgres(const std::filesystem::path& folder) {
  if (geteuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr || chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw Error(ErrorCode::kInternalError, "cannot give " + folder.string() + " to the user postgres");
}

// What the server keeps does not outlive it, so it need not wait for the disk.
constexpr const char* kOptions =
    "-c listen_addresses= -c fsync=off -c shared_buffers=64MB -c max_connections=200 -c "
    "unix_socket_permissions=0777 -c unix_socket_directories=";

// A database with the schema, to be copied: that takes less time than making the schema anew for each check.
constexpr const char* kPrepared = "prepared";

std::string uri_of(std::string server, const std::string& database) {
  return server.replace(server.find("/postgres?"), std::string("/postgres").size(), "/" + database);
}

}  // namespace

PostgresServer::PostgresServer()
    : folder_(std::filesystem::temp_directory_path() / ("millrace-postgres-" + random_token(12))) {
  std::filesystem::create_directory(folder_);
  give_to_postgres(folder_);
  const std::string data = (folder_ / "data").string();
  run((programs() / "initdb").string() + " -N -A trust -U millrace -E UTF8 --locale=C.UTF-8 -D " + data);
  run((programs() / "pg_ctl").string() + " -w start -l " + (folder_ / "log").string() + " -D " + data +
      " -o '" + kOptions + folder_.string() + "'");
  sql::connect_to_postgres(uri())->execute(std::string("CREATE DATABASE ") + kPrepared);
  sql::PostgresDatabaseOptions options;
  options.uri = uri_of(uri(), kPrepared);
  options.artifact_root = kPostgresArtifactRoot;
  const sql::PostgresDatabase prepared(options);
}

PostgresServer::~PostgresServer() {
  try {
    run((programs() / "pg_ctl").string() + " -w stop -m immediate -D " + (folder_ / "data").string());
  } catch (const Error&) {
    // It is gone already; what it left is removed below.
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresServer::uri() const {
  return "postgresql://millrace@/postgres?host=" + folder_.string();
}

std::string postgres_database_of(const std::string& server, const std::string& folder) {
  const std::string name = "kit_" + std::to_string(std::hash<std::string>()(folder));
  const auto connection = sql::connect_to_postgres(server);
  auto found = connection->prepare("SELECT 1 FROM pg_database WHERE datname = ?1");
  if (!found.bind(1, std::string_view(name)).step())
    connection->execute("CREATE DATABASE " + name + " TEMPLATE " + kPrepared);
  return uri_of(server, name);
}

}  // namespace millrace::conformance::testing

#include "conformance/testing/mariadb_server.h"

#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/ids.h"
#include "sql/mysql/mysql_database.h"

namespace millrace::conformance::testing {
namespace {

constexpr const char* kProgram = "/usr/sbin/mariadbd";

// What the server keeps does not outlive it, so it need not wait for the disk.
constexpr const char* kOptions =
    " --skip-networking --max-connections=200 --character-set-server=utf8mb4 "
    "--collation-server=utf8mb4_nopad_bin"
    " --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=0"
    " --innodb-file-per-table=0 --innodb-use-native-aio=0 --innodb-buffer-pool-size=64M";

// Root's runs as root, which it has to be told.
std::string user() {
  return geteuid() == 0 ? " --user=root" : "";
}

void install(const std::string& data, const std::string& log) {
  if (!std::filesystem::exists(kProgram))
    throw Error(ErrorCode::kInternalError, "MariaDB is not installed; ./dev installs Debian's.");
  const std::string command =
      "mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db "
      "--skip-name-resolve --innodb-use-native-aio=0 --datadir=" +
      data + user() + " >" + log + " 2>&1";
  if (std::system(command.c_str()) != 0) throw Error(ErrorCode::kInternalError, "'" + command + "' failed");
}

// Starts the server, says when it takes connections, and ends it when the standard input does.
std::string script(const std::string& data, const std::string& socket, const std::string& log) {
  const std::string client = "mariadb --no-defaults -u root -S " + socket;
  return std::string(kProgram) + " --no-defaults --datadir=" + data + " --socket=" + socket + user() +
         kOptions + " >" + log + " 2>&1 </dev/null & server=$!; until " + client +
         " -e 'SELECT 1' >/dev/null 2>&1; do kill -0 $server || exit 1; sleep 0.05; done; " + client +
         " -e 'CREATE DATABASE first'; echo ready; read ignored; exec 2>/dev/null; kill -KILL $server; wait "
         "$server";
}

}  // namespace

MariadbServer::MariadbServer()
    : folder_(std::filesystem::temp_directory_path() / ("millrace-mariadb-" + random_token(12))) {
  std::filesystem::create_directory(folder_);
  const std::string data = (folder_ / "data").string();
  install(data, (folder_ / "install.log").string());
  server_ = std::make_unique<Child>(std::vector<std::string>{
      "/bin/sh", "-c", script(data, (folder_ / "socket").string(), (folder_ / "log").string())});
}

MariadbServer::~MariadbServer() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string MariadbServer::uri() const {
  return "mysql://root@/first?unix_socket=" + (folder_ / "socket").string();
}

std::string mariadb_database_of(const std::string& server, const std::string& folder) {
  const std::string name = "kit_" + std::to_string(std::hash<std::string>()(folder));
  sql::connect_to_mysql(server)->execute("CREATE DATABASE IF NOT EXISTS " + name);
  std::string uri = server;
  return uri.replace(uri.find("/first?"), std::string("/first").size(), "/" + name);
}

}  // namespace millrace::conformance::testing

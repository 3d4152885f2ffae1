#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace millrace::sql::mysql {

/// How far TLS goes.
enum class Tls {
  kOff,       ///< none
  kOn,        ///< encrypted, whoever the server is
  kVerified,  ///< the server's certificate is of an authority that is known
  kIdentity,  ///< and is made for the host that was asked for
};

/// What a URI says of a connection.
struct Target {
  std::string host = "localhost";
  unsigned port = 3306;
  std::string user;
  Secret password;
  std::string database;
  std::string unix_socket;  ///< instead of host and port
  Tls tls = Tls::kOff;
  std::string ssl_ca;
  std::string ssl_capath;
  std::string ssl_cert;
  std::string ssl_key;
  std::string ssl_cipher;
  std::string init_command;              ///< run once on each connection
  unsigned connect_timeout = 10;         ///< seconds
  std::optional<unsigned> read_timeout;  ///< seconds
  unsigned write_timeout = 60;           ///< seconds
  std::vector<Secret> secrets;           ///< the password as written and decoded: what no message may have

  /// "database 'runs' of 'db.example.com'"
  std::string label() const;
};

/// True for URIs of MySQL and MariaDB databases: "mysql:", "mariadb:", with or without a driver's name as in
/// "mysql+pymysql:", which says nothing here.
bool is_mysql_uri(std::string_view uri);

/// Takes a SQLAlchemy URI apart: mysql[+driver]://user:password@host:port/database?option=value. User,
/// password, database and options are percent-encoded; a host in brackets is IPv6. Options are those of
/// PyMySQL and mysqlclient that make sense here; files of TLS that the URI does not name are taken from the
/// variables MLFLOW_MYSQL_SSL_CA, MLFLOW_MYSQL_SSL_CERT and MLFLOW_MYSQL_SSL_KEY, as MLflow takes them.
/// Throws INVALID_PARAMETER_VALUE, whose message has nothing of the URI that may be part of a password.
Target parse_uri(std::string_view uri);

}  // namespace millrace::sql::mysql

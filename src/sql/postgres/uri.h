#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace millrace::sql::postgres {

/// What a URI says of a connection, in libpq's keywords.
struct Target {
  std::vector<std::pair<std::string, std::string>> options;  ///< host, port, user, dbname, sslmode, ...
  Secret password;
  std::vector<Secret> secrets;  ///< the password and others, as written and decoded: what no message may have

  /// "database 'runs' of 'db.example.com'"
  std::string label() const;
};

/// True for URIs of PostgreSQL databases: "postgresql:", "postgres:", with or without a driver's name as in
/// "postgresql+psycopg2:", which says nothing here.
bool is_postgres_uri(std::string_view uri);

/// Takes a SQLAlchemy URI apart: postgresql[+driver]://user:password@host:port/database?option=value. User,
/// password, database and options are percent-encoded; hosts may be a list, one in brackets is IPv6; without
/// a host, the option `host` may name a socket's folder. Options are those of libpq. Throws
/// INVALID_PARAMETER_VALUE, whose message has nothing of the URI that may be part of a password.
Target parse_uri(std::string_view uri);

/// `message` with all that is secret in the target made unreadable.
std::string without_secrets(std::string message, const Target& target);

}  // namespace millrace::sql::postgres

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace millrace::sql {

/// A SQLAlchemy URI of a database server, taken apart:
/// scheme[+driver]://user:password@hosts/database?options. All but the hosts is decoded.
struct ServerUri {
  struct Host {
    std::string name;
    std::string port;  ///< a number or empty
  };
  std::optional<std::string> user;
  Secret password;
  std::vector<Host> hosts;
  std::string database;
  std::vector<std::pair<std::string, std::string>> options;  ///< without the password, in their order
  /// The password as written and decoded: what no message may have.
  std::vector<Secret> secrets;
};

/// Says what is wrong with a URI, without anything of it that may be part of a password; must throw.
using RefuseUri = std::function<void(const std::string& what)>;

/// User, password, database and options are percent-encoded; a host in brackets is IPv6; hosts may be a list
/// with commas between. The option `password` is the password. Calls `refuse` for what cannot be read.
ServerUri parse_server_uri(std::string_view uri, const RefuseUri& refuse);

/// The scheme of a URI without the name of a driver: "mysql" of "mysql+pymysql://...". Empty without a ':'.
std::string_view scheme_without_driver(std::string_view uri);

/// What a library says of a server, in one line and with all of `secrets` made unreadable.
std::string without_secrets(std::string message, const std::vector<Secret>& secrets);

}  // namespace millrace::sql

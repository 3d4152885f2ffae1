#include "sql/postgres/uri.h"

#include <libpq-fe.h>

#include <memory>

#include "base/error.h"
#include "sql/server_uri.h"

namespace millrace::sql::postgres {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kForm = "postgresql://user:password@host:5432/database?option=value";

[[noreturn]] void refuse(const std::string& what) {
  throw_invalid_parameter("The URI of the PostgreSQL database " + what + "; it has the form " +
                          std::string(kForm) +
                          ", with '@', ':', '/', '?', '#' and '%' in names and passwords percent-encoded.");
}

// Lists with as many commas as there are hosts.
void add_hosts(const std::vector<ServerUri::Host>& hosts, Target& target) {
  std::string names;
  std::string ports;
  for (const ServerUri::Host& host : hosts) {
    if (&host != hosts.data()) {
      names += ',';
      ports += ',';
    }
    names += host.name;
    ports += host.port;
  }
  if (names.find_first_not_of(',') != std::string::npos) target.options.emplace_back("host", names);
  if (ports.find_first_not_of(',') != std::string::npos) target.options.emplace_back("port", ports);
}

bool is_known(const std::string& keyword) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> known(PQconndefaults(),
                                                                             PQconninfoFree);
  // The driver needs these to be what it sets them to.
  if (keyword == "client_encoding" || keyword == "replication") return false;
  for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword) return true;
  }
  return false;
}

void add_option(const std::string& keyword, const std::string& value, Target& target) {
  if (!is_known(keyword)) refuse("has an option that libpq does not know");
  if (keyword == "sslpassword") target.secrets.emplace_back(std::string_view(value));
  std::erase_if(target.options, [&](const auto& option) { return option.first == keyword; });
  target.options.emplace_back(keyword, value);
}

std::string_view value_of(const Options& options, std::string_view keyword) {
  for (const auto& [key, value] : options) {
    if (key == keyword) return value;
  }
  return {};
}

}  // namespace

std::string Target::label() const {
  const std::string_view host = value_of(options, "host");
  const std::string_view database = value_of(options, "dbname");
  return "database '" + std::string(database.empty() ? value_of(options, "user") : database) + "' of '" +
         std::string(host.empty() ? "this machine" : host) + "'";
}

bool is_postgres_uri(std::string_view uri) {
  const std::string_view name = scheme_without_driver(uri);
  return name == "postgresql" || name == "postgres";
}

Target parse_uri(std::string_view uri) {
  ServerUri parts = parse_server_uri(uri, refuse);
  Target target;
  target.password = std::move(parts.password);
  target.secrets = std::move(parts.secrets);
  if (parts.user) target.options.emplace_back("user", *parts.user);
  add_hosts(parts.hosts, target);
  if (!parts.database.empty()) target.options.emplace_back("dbname", parts.database);
  for (const auto& [keyword, value] : parts.options) add_option(keyword, value, target);
  return target;
}

}  // namespace millrace::sql::postgres

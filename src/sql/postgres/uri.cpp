#include "sql/postgres/uri.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::sql::postgres {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kForm = "postgresql://user:password@host:5432/database?option=value";

[[noreturn]] void refuse(const std::string& what) {
  throw_invalid_parameter("The URI of the PostgreSQL database " + what + "; it has the form " +
                          std::string(kForm) +
                          ", with '@', ':', '/', '?', '#' and '%' in names and passwords percent-encoded.");
}

std::string decoded(std::string_view text) {
  auto plain = percent_decode(text);
  if (!plain) refuse("has a '%' that is not followed by two hexadecimal digits");
  if (plain->find('\0') != std::string::npos) refuse("has a zero byte");
  return *std::move(plain);
}

void add_secret(Target& target, std::string_view encoded) {
  if (encoded.empty()) return;
  target.secrets.emplace_back(encoded);
  target.password = Secret(decoded(encoded));
  target.secrets.push_back(target.password);
}

void read_user(std::string_view text, Target& target) {
  const size_t colon = text.find(':');
  target.options.emplace_back("user", decoded(text.substr(0, colon)));
  if (colon != std::string_view::npos) add_secret(target, text.substr(colon + 1));
}

bool is_port(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Hosts {
  std::string names;
  std::string ports;
};

void read_host(std::string_view text, Hosts& hosts) {
  std::string_view name = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) refuse("has a '[' without a ']'");
    name = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    name = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!rest.empty() && (rest[0] != ':' || !is_port(rest.substr(1)))) refuse("has a port that is no number");
  if (!hosts.names.empty() || !hosts.ports.empty()) {
    hosts.names += ',';
    hosts.ports += ',';
  }
  hosts.names += decoded(name);
  hosts.ports += rest.empty() ? "" : rest.substr(1);
}

void read_hosts(std::string_view text, Target& target) {
  Hosts hosts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    read_host(text.substr(start, end - start), hosts);
    start = end + 1;
  }
  if (hosts.names.find_first_not_of(',') != std::string::npos)
    target.options.emplace_back("host", hosts.names);
  if (hosts.ports.find_first_not_of(',') != std::string::npos)
    target.options.emplace_back("port", hosts.ports);
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

void read_option(std::string_view text, Target& target) {
  const size_t equals = text.find('=');
  const std::string keyword = decoded(text.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (keyword == "password") return add_secret(target, value);
  if (!is_known(keyword)) refuse("has an option that libpq does not know");
  if (keyword == "sslpassword") target.secrets.emplace_back(decoded(value));
  std::erase_if(target.options, [&](const auto& option) { return option.first == keyword; });
  target.options.emplace_back(keyword, decoded(value));
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
  const std::string_view scheme = uri.substr(0, std::min(uri.size(), uri.find(':')));
  const std::string_view name = scheme.substr(0, scheme.find('+'));
  return scheme.size() < uri.size() && (name == "postgresql" || name == "postgres");
}

// As SQLAlchemy reads it: a password may have all but an '@'.
Target parse_uri(std::string_view uri) {
  const size_t start = uri.find("://");
  if (start == std::string_view::npos) refuse("lacks '://'");
  std::string_view rest = uri.substr(start + 3);
  Target target;
  const size_t user_end = std::min(rest.find_first_of(":/"), rest.size());
  size_t at = rest.substr(user_end).starts_with(':') ? rest.find('@', user_end) : std::string_view::npos;
  if (at == std::string_view::npos) at = rest.substr(0, user_end).rfind('@');
  if (at != std::string_view::npos) {
    read_user(rest.substr(0, at), target);
    rest.remove_prefix(at + 1);
  }
  const size_t hosts_end = std::min(rest.find_first_of("/?"), rest.size());
  if (rest.substr(0, hosts_end).find('@') != std::string_view::npos) refuse("has more than one '@'");
  read_hosts(rest.substr(0, hosts_end), target);
  rest.remove_prefix(hosts_end);
  const size_t query = std::min(rest.find('?'), rest.size());
  if (query > 1) target.options.emplace_back("dbname", decoded(rest.substr(1, query - 1)));
  rest.remove_prefix(std::min(query + 1, rest.size()));
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    read_option(rest.substr(0, end), target);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return target;
}

std::string without_secrets(std::string message, const Target& target) {
  for (const Secret& secret : target.secrets) {
    const std::string_view text = secret.reveal();
    // What is that short stands in ordinary words too.
    if (text.size() < 3) continue;
    for (size_t at = message.find(text); at != std::string::npos; at = message.find(text, at + 3))
      message.replace(at, text.size(), "***");
  }
  return message;
}

}  // namespace millrace::sql::postgres

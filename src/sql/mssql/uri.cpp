#include "sql/mssql/uri.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "sql/odbc/connection_string.h"
#include "sql/server_uri.h"

namespace millrace::sql::mssql {
namespace {

using odbc::ConnectionString;
using odbc::same_name;

constexpr std::string_view kForm =
    "mssql+pyodbc://user:password@host:1433/database?driver=ODBC+Driver+18+for+SQL+Server";

[[noreturn]] void refuse(const std::string& what) {
  throw_invalid_parameter("The URI of the SQL Server database " + what + "; it has the form " +
                          std::string(kForm) +
                          ", with '@', ':', '/', '?', '#' and '%' in names and passwords percent-encoded.");
}

// An option's value: SQLAlchemy takes a plus sign for a blank there, and nowhere else.
void take_plus_for_blank(std::string_view uri, std::string& without) {
  const size_t query = uri.find('?', uri.find('@') == std::string_view::npos ? 0 : uri.find('@'));
  without = std::string(uri);
  if (query == std::string_view::npos) return;
  for (size_t at = without.find('+', query); at != std::string::npos; at = without.find('+', at))
    without.replace(at, 1, "%20");
}

std::chrono::seconds seconds(const std::string& name, const std::string& value) {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  constexpr unsigned kDay = 86'400;
  if (fault != std::errc() || end != value.data() + value.size() || number == 0 || number > kDay)
    refuse("has an option " + name + " that is no number of seconds from 1 to " + std::to_string(kDay));
  return std::chrono::seconds(number);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return same_name(name, one); });
}

// Letters, digits and what stands between them in names of attributes.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ' ';
  });
}

// Drivers of SQL Server by their names: the newest of Microsoft's, else FreeTDS.
std::string default_driver() {
  std::string best;
  std::vector<std::string> drivers = odbc::installed_drivers();
  for (const std::string& driver : drivers) {
    if (driver.starts_with("ODBC Driver ") && driver.ends_with(" for SQL Server"))
      best = std::max(best, driver);
  }
  if (!best.empty()) return best;
  if (std::find(drivers.begin(), drivers.end(), "FreeTDS") != drivers.end()) return "FreeTDS";
  std::string list;
  for (const std::string& driver : drivers) list += (list.empty() ? "'" : "', '") + driver;
  refuse(
      "names no driver, and neither Microsoft's ODBC driver for SQL Server nor FreeTDS is installed; "
      "odbcinst.ini lists " +
      (list.empty() ? "none" : list + "'"));
}

// Braces around a driver's name are pyodbc's habit.
std::string without_braces(std::string name) {
  if (name.size() >= 2 && name.starts_with('{') && name.ends_with('}'))
    return name.substr(1, name.size() - 2);
  return name;
}

class Reader {
 public:
  explicit Reader(ServerUri parts) : parts_(std::move(parts)) {}

  odbc::Target read() {
    target_.secrets = std::move(parts_.secrets);
    for (const auto& [name, value] : parts_.options) read_option(name, value);
    if (!whole_.empty()) {
      take_whole();
    } else {
      put_together();
    }
    const std::string text = string_.text();
    constexpr size_t kMost = 32'000;
    if (text.size() > kMost) refuse("is too long for ODBC");
    target_.connection_string = Secret(std::string_view(text));
    return std::move(target_);
  }

 private:
  void read_option(const std::string& name, const std::string& value) {
    if (!is_name(name)) refuse("has an option whose name is none of ODBC's");
    if (value.find_first_of(std::string_view("\0\n\r", 3)) != std::string::npos)
      refuse("has an option with a line break");
    if (same_name(name, "odbc_connect")) {
      whole_ = value;
    } else if (same_name(name, "driver")) {
      target_.driver = without_braces(value);
    } else if (same_name(name, "dsn")) {
      source_ = value;
    } else if (same_name(name, "login_timeout")) {
      target_.login_timeout = seconds(name, value);
    } else if (same_name(name, "query_timeout")) {
      target_.query_timeout = seconds(name, value);
    } else if (is_one_of(name, {"pwd", "password"})) {
      target_.secrets.emplace_back(std::string_view(value));
      parts_.password = Secret(std::string_view(value));
    } else if (is_one_of(name, {"server", "address", "addr", "database", "uid", "filedsn", "savefile"})) {
      refuse("has an option that the rest of the URI says");
    } else if (!is_one_of(name, {"charset", "autocommit", "ansi", "unicode_results", "fast_executemany",
                                 "timeout", "odbc_autotranslate"})) {
      more_.emplace_back(name, value);
    }
  }

  void take_whole() {
    string_ = ConnectionString::parse(whole_);
    for (const char* name : {"PWD", "Password"}) {
      const std::string* password = string_.find(name);
      if (password != nullptr && !password->empty())
        target_.secrets.emplace_back(std::string_view(*password));
    }
    if (string_.find("savefile") != nullptr || string_.find("filedsn") != nullptr)
      refuse("has an odbc_connect with a file");
    const std::string* driver = string_.find("driver");
    if (driver != nullptr) target_.driver = *driver;
    target_.label =
        label_of(first_of({"database", "initial catalog"}), first_of({"server", "dsn", "address"}));
  }

  std::string first_of(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (const std::string* value = string_.find(name)) return *value;
    }
    return "";
  }

  static std::string label_of(const std::string& database, const std::string& place) {
    const std::string where = place.empty() ? "" : "'" + place + "'";
    if (database.empty()) return "data source " + where;
    return "database '" + database + "'" + (where.empty() ? "" : " of " + where);
  }

  void put_together() {
    if (parts_.hosts.size() > 1) refuse("lists several hosts");
    const std::string host = parts_.hosts.empty() ? "" : parts_.hosts[0].name;
    const std::string port = parts_.hosts.empty() ? "" : parts_.hosts[0].port;
    if (source_.empty() && !host.empty() && parts_.database.empty()) source_ = host;
    if (!source_.empty()) {
      string_.add("DSN", source_);
      target_.label = label_of(parts_.database, source_);
    } else {
      if (parts_.database.empty()) refuse("names neither a database nor a data source");
      name_server(host.empty() ? "localhost" : host, port);
    }
    if (!parts_.database.empty()) string_.add("Database", parts_.database);
    sign_in();
    for (const auto& [name, value] : more_) string_.add(name, value);
  }

  void name_server(const std::string& host, const std::string& port) {
    if (target_.driver.empty()) target_.driver = default_driver();
    string_.add("Driver", target_.driver);
    string_.add("Server", port.empty() ? host : host + "," + port);
    target_.label = label_of(parts_.database, host);
    // What says ODBC 17 of SQL Server, in words of FreeTDS.
    if (target_.driver.find("FreeTDS") == std::string::npos) return;
    const auto is_version = [](const auto& one) { return same_name(one.first, "TDS_Version"); };
    if (std::none_of(more_.begin(), more_.end(), is_version)) string_.add("TDS_Version", "7.4");
  }

  void sign_in() {
    const bool named = parts_.user.has_value() && !parts_.user->empty();
    if (named) {
      string_.add("UID", *parts_.user);
      string_.add("PWD", std::string(parts_.password.reveal()));
    } else if (std::none_of(more_.begin(), more_.end(), [](const auto& one) {
                 return is_one_of(one.first, {"trusted_connection", "authentication"});
               })) {
      string_.add("Trusted_Connection", "Yes");
    }
  }

  ServerUri parts_;
  odbc::Target target_;
  ConnectionString string_;
  std::string whole_;
  std::string source_;
  std::vector<ConnectionString::Attribute> more_;
};

}  // namespace

bool is_mssql_uri(std::string_view uri) {
  return scheme_without_driver(uri) == "mssql";
}

odbc::Target parse_uri(std::string_view uri) {
  std::string text;
  take_plus_for_blank(uri, text);
  return Reader(parse_server_uri(text, refuse)).read();
}

}  // namespace millrace::sql::mssql

#include "sql/mysql/uri.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "base/error.h"
#include "sql/server_uri.h"

namespace millrace::sql::mysql {
namespace {

constexpr std::string_view kForm = "mysql://user:password@host:3306/database?option=value";
constexpr std::string_view kOptions =
    "unix_socket, charset, connect_timeout, read_timeout, write_timeout, init_command, ssl, ssl_mode, "
    "ssl_disabled, ssl_ca, ssl_capath, ssl_cert, ssl_key, ssl_cipher, ssl_verify_cert, ssl_verify_identity, "
    "ssl_check_hostname";

[[noreturn]] void refuse(const std::string& what) {
  throw_invalid_parameter("The URI of the MySQL database " + what + "; it has the form " +
                          std::string(kForm) +
                          ", with '@', ':', '/', '?', '#' and '%' in names and passwords percent-encoded.");
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

bool truth(const std::string& keyword, const std::string& value) {
  const std::string word = upper(value);
  if (word == "TRUE" || word == "1" || word == "YES" || word == "ON") return true;
  if (word == "FALSE" || word == "0" || word == "NO" || word == "OFF") return false;
  refuse("has an option " + keyword + " that is neither true nor false");
}

unsigned seconds(const std::string& keyword, const std::string& value) {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  constexpr unsigned kDay = 86'400;
  if (fault != std::errc() || end != value.data() + value.size() || number == 0 || number > kDay)
    refuse("has an option " + keyword + " that is no number of seconds from 1 to " + std::to_string(kDay));
  return number;
}

Tls mode(const std::string& value) {
  constexpr std::array<std::pair<std::string_view, Tls>, 4> kModes{{{"DISABLED", Tls::kOff},
                                                                    {"REQUIRED", Tls::kOn},
                                                                    {"VERIFY_CA", Tls::kVerified},
                                                                    {"VERIFY_IDENTITY", Tls::kIdentity}}};
  const std::string word = upper(value);
  for (const auto& [name, tls] : kModes) {
    if (word == name) return tls;
  }
  refuse("has an ssl_mode other than DISABLED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY");
}

void require_utf8(const std::string& charset) {
  if (charset != "utf8mb4" && charset != "utf8") refuse("has a charset other than utf8mb4");
}

// Reads the options one by one. What they say of TLS is put together at the end, because it depends on all.
class OptionReader {
 public:
  explicit OptionReader(Target& target) : target_(target) {}

  void read(const std::string& keyword, const std::string& value) {
    if (keyword.starts_with("ssl")) return read_tls(keyword, value);
    if (keyword == "unix_socket") {
      target_.unix_socket = value;
    } else if (keyword == "charset") {
      require_utf8(value);
    } else if (keyword == "init_command") {
      target_.init_command = value;
    } else if (keyword == "connect_timeout") {
      target_.connect_timeout = seconds(keyword, value);
    } else if (keyword == "read_timeout") {
      target_.read_timeout = seconds(keyword, value);
    } else if (keyword == "write_timeout") {
      target_.write_timeout = seconds(keyword, value);
    } else if (keyword != "use_unicode" && keyword != "binary_prefix") {  // Python's own business
      refuse_option();
    }
  }

  void finish() {
    take_variables();
    target_.tls = refused_ ? Tls::kOff : mode_given_ ? mode_ : mode_of_options();
  }

 private:
  [[noreturn]] static void refuse_option() {
    refuse("has an option that is none of " + std::string(kOptions));
  }

  void read_tls(const std::string& keyword, const std::string& value) {
    constexpr std::array<std::pair<std::string_view, std::string Target::*>, 5> kFiles{
        {{"ssl_ca", &Target::ssl_ca},
         {"ssl_capath", &Target::ssl_capath},
         {"ssl_cert", &Target::ssl_cert},
         {"ssl_key", &Target::ssl_key},
         {"ssl_cipher", &Target::ssl_cipher}}};
    for (const auto& [name, file] : kFiles) {
      if (keyword == name) {
        target_.*file = value;
        return;
      }
    }
    if (keyword == "ssl_mode") {
      mode_ = mode(value);
      mode_given_ = true;
    } else if (keyword == "ssl") {
      (truth(keyword, value) ? wanted_ : refused_) = true;
    } else if (keyword == "ssl_disabled") {
      (truth(keyword, value) ? refused_ : wanted_) = true;
    } else if (keyword == "ssl_verify_cert") {
      (truth(keyword, value) ? verified_ : unverified_) = true;
    } else if (keyword == "ssl_verify_identity" || keyword == "ssl_check_hostname") {
      identity_ = truth(keyword, value);
    } else {
      refuse_option();
    }
  }

  // Who names an authority wants to know that it is the one, as PyMySQL has it. Without one it is any that
  // this machine trusts, which says nothing unless the name is looked at too.
  Tls mode_of_options() const {
    const bool authority = !target_.ssl_ca.empty() || !target_.ssl_capath.empty();
    if (identity_ || (verified_ && !authority)) return Tls::kIdentity;
    if (verified_ || (authority && !unverified_)) return Tls::kVerified;
    return wanted_ || authority || !target_.ssl_cert.empty() ? Tls::kOn : Tls::kOff;
  }

  void take_variables() {
    const auto take = [](const char* variable, std::string& file) {
      const char* value = std::getenv(variable);
      if (value != nullptr && file.empty()) file = value;
    };
    take("MLFLOW_MYSQL_SSL_CA", target_.ssl_ca);
    take("MLFLOW_MYSQL_SSL_CERT", target_.ssl_cert);
    take("MLFLOW_MYSQL_SSL_KEY", target_.ssl_key);
  }

  Target& target_;
  Tls mode_ = Tls::kOff;
  bool mode_given_ = false;
  bool wanted_ = false;
  bool refused_ = false;
  bool verified_ = false;
  bool unverified_ = false;
  bool identity_ = false;
};

void read_host(const std::vector<ServerUri::Host>& hosts, Target& target) {
  if (hosts.size() > 1) refuse("lists several hosts");
  if (hosts.empty()) return;
  if (!hosts[0].name.empty()) target.host = hosts[0].name;
  const std::string& port = hosts[0].port;
  if (port.empty()) return;
  std::from_chars(port.data(), port.data() + port.size(), target.port);
  if (target.port == 0 || target.port > 65'535) refuse("has a port that is none");
}

}  // namespace

std::string Target::label() const {
  return "database '" + database + "' of '" + (unix_socket.empty() ? host : unix_socket) + "'";
}

bool is_mysql_uri(std::string_view uri) {
  const std::string_view name = scheme_without_driver(uri);
  return name == "mysql" || name == "mariadb";
}

Target parse_uri(std::string_view uri) {
  ServerUri parts = parse_server_uri(uri, refuse);
  if (parts.database.empty()) refuse("names no database");
  Target target;
  target.user = parts.user.value_or("");
  target.password = std::move(parts.password);
  target.secrets = std::move(parts.secrets);
  target.database = std::move(parts.database);
  read_host(parts.hosts, target);
  OptionReader options(target);
  for (const auto& [keyword, value] : parts.options) options.read(keyword, value);
  options.finish();
  return target;
}

}  // namespace millrace::sql::mysql

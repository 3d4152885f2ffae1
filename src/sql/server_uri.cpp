#include "sql/server_uri.h"

#include <algorithm>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::sql {
namespace {

bool is_port(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Parser {
 public:
  explicit Parser(const RefuseUri& tell) : tell_(tell) {}

  // As SQLAlchemy reads it: a password may have all but an '@'.
  ServerUri parse(std::string_view uri) {
    const size_t start = uri.find("://");
    if (start == std::string_view::npos) refuse("lacks '://'");
    std::string_view rest = uri.substr(start + 3);
    const size_t user_end = std::min(rest.find_first_of(":/"), rest.size());
    size_t at = rest.substr(user_end).starts_with(':') ? rest.find('@', user_end) : std::string_view::npos;
    if (at == std::string_view::npos) at = rest.substr(0, user_end).rfind('@');
    if (at != std::string_view::npos) {
      read_user(rest.substr(0, at));
      rest.remove_prefix(at + 1);
    }
    const size_t hosts_end = std::min(rest.find_first_of("/?"), rest.size());
    if (rest.substr(0, hosts_end).find('@') != std::string_view::npos) refuse("has more than one '@'");
    read_hosts(rest.substr(0, hosts_end));
    rest.remove_prefix(hosts_end);
    const size_t query = std::min(rest.find('?'), rest.size());
    if (query > 1) parts_.database = decoded(rest.substr(1, query - 1));
    rest.remove_prefix(std::min(query + 1, rest.size()));
    read_options(rest);
    return std::move(parts_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    tell_(what);
    throw Error(ErrorCode::kInternalError, "a URI was not refused");
  }

  std::string decoded(std::string_view text) const {
    auto plain = percent_decode(text);
    if (!plain) refuse("has a '%' that is not followed by two hexadecimal digits");
    if (plain->find('\0') != std::string::npos) refuse("has a zero byte");
    return *std::move(plain);
  }

  void add_password(std::string_view encoded) {
    if (encoded.empty()) return;
    parts_.secrets.emplace_back(encoded);
    parts_.password = Secret(decoded(encoded));
    parts_.secrets.push_back(parts_.password);
  }

  void read_user(std::string_view text) {
    const size_t colon = text.find(':');
    parts_.user = decoded(text.substr(0, colon));
    if (colon != std::string_view::npos) add_password(text.substr(colon + 1));
  }

  void read_host(std::string_view text) {
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
    parts_.hosts.push_back({decoded(name), std::string(rest.empty() ? "" : rest.substr(1))});
  }

  void read_hosts(std::string_view text) {
    for (size_t start = 0; start <= text.size();) {
      const size_t end = std::min(text.find(',', start), text.size());
      read_host(text.substr(start, end - start));
      start = end + 1;
    }
  }

  void read_options(std::string_view rest) {
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('&'), rest.size());
      read_option(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void read_option(std::string_view text) {
    const size_t equals = text.find('=');
    std::string keyword = decoded(text.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
    if (keyword == "password") return add_password(value);
    parts_.options.emplace_back(std::move(keyword), decoded(value));
  }

  const RefuseUri& tell_;
  ServerUri parts_;
};

}  // namespace

ServerUri parse_server_uri(std::string_view uri, const RefuseUri& refuse) {
  return Parser(refuse).parse(uri);
}

std::string_view scheme_without_driver(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view scheme = uri.substr(0, colon);
  return scheme.substr(0, scheme.find('+'));
}

std::string without_secrets(std::string message, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    const std::string_view text = secret.reveal();
    // What is that short stands in ordinary words too.
    if (text.size() < 3) continue;
    for (size_t at = message.find(text); at != std::string::npos; at = message.find(text, at + 3))
      message.replace(at, text.size(), "***");
  }
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (message.ends_with(' ')) message.pop_back();
  return message;
}

}  // namespace millrace::sql

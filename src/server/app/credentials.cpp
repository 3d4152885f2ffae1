#include "server/app/credentials.h"

#include <algorithm>

#include "base/error.h"
#include "base/ids.h"
#include "base/percent.h"
#include "plugin/digest.h"
#include "server/app/header_rules.h"

namespace millrace::server {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "a=1; b=2" (RFC 6265, section 4.2).
void add_cookies(std::string_view header, v1::plugin::Credentials& credentials) {
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trimmed(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    auto& cookie = *credentials.add_cookies();
    cookie.set_name(std::string(pair.substr(0, equals)));
    cookie.set_value(std::string(pair.substr(equals + 1)));
  }
}

// Each text with its length before it, so that no two lists give the same bytes.
void add_text(std::string_view text, std::string& bytes) {
  bytes += std::to_string(text.size());
  bytes += ':';
  bytes += text;
}

}  // namespace

CredentialsReader::CredentialsReader(std::string_view headers) : secret_(random_token(32)) {
  while (!headers.empty()) {
    const size_t end = std::min(headers.find_first_of(", "), headers.size());
    if (end > 0) headers_.push_back(lower_case(headers.substr(0, end)));
    headers.remove_prefix(std::min(end + 1, headers.size()));
  }
  for (const std::string& name : headers_) {
    if (!is_header_name(name))
      throw_invalid_parameter("The setting 'headers' of the server app names '" + name +
                              "', which is no name of a header.");
  }
}

bool CredentialsReader::is_further(std::string_view name) const {
  return std::any_of(headers_.begin(), headers_.end(),
                     [name](const std::string& header) { return same_header(header, name); });
}

bool CredentialsReader::matters(std::string_view name) const {
  return same_header(name, "authorization") || same_header(name, "cookie") || is_further(name);
}

std::string CredentialsReader::key(const http::RequestHead& head) const {
  std::string bytes = secret_;
  add_text(head.remote_address, bytes);
  bytes += head.secure ? 's' : 'p';
  for (const auto& [name, value] : head.headers.fields()) {
    if (!matters(name)) continue;
    add_text(lower_case(name), bytes);
    add_text(value, bytes);
  }
  plugin::Sha256 digest;
  digest.add(bytes);
  std::fill(bytes.begin(), bytes.end(), '\0');
  return digest.hex();
}

v1::plugin::Credentials CredentialsReader::read(const http::RequestHead& head, std::string_view path) const {
  v1::plugin::Credentials credentials;
  credentials.set_authorization(std::string(head.headers.get("Authorization")));
  for (const auto& [name, value] : head.headers.fields()) {
    if (same_header(name, "cookie")) add_cookies(value, credentials);
    if (!is_further(name)) continue;
    auto& header = *credentials.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  credentials.set_remote_address(head.remote_address);
  credentials.set_method(head.method);
  credentials.set_path(contract_text(path));
  credentials.set_secure(head.secure);
  return credentials;
}

std::string CredentialsReader::fault(const http::RequestHead& head) const {
  int authorizations = 0;
  for (const auto& [name, value] : head.headers.fields()) {
    if (!matters(name)) continue;
    if (!is_valid_utf8(value)) return "The header '" + lower_case(name) + "' is not valid UTF-8.";
    if (same_header(name, "authorization") && ++authorizations > 1)
      return "The request has more than one Authorization header.";
  }
  return "";
}

}  // namespace millrace::server

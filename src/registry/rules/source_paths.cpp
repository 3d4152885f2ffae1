#include "registry/rules/source_paths.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/uri.h"
#include "registry/rules/names.h"

namespace millrace::registry {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Decodes what is an escape and leaves what only looks like one, as lenient readers behind us may.
std::string decoded_once(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      result += text[i];
      continue;
    }
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

// What takes more rounds than this is no path that anyone means, and long ones would take as many as they
// have bytes.
constexpr int kMostRounds = 8;

std::string fully_decoded(std::string text) {
  for (int round = 0; round < kMostRounds; ++round) {
    std::string next = decoded_once(text);
    if (next == text) break;
    text = std::move(next);
  }
  return text;
}

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    if (end > start) parts.emplace_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<std::string> decoded_components(std::string_view path) {
  std::vector<std::string> parts = components(path);
  for (std::string& part : parts) part = fully_decoded(std::move(part));
  return parts;
}

bool starts_with(const std::vector<std::string>& parts, const std::vector<std::string>& first) {
  return parts.size() >= first.size() && std::equal(first.begin(), first.end(), parts.begin());
}

std::filesystem::path local_path(const std::string& uri) {
  const Uri parts = parse_uri(uri);
  const std::string path = decoded_once(parts.scheme.empty() ? std::string_view(uri) : parts.path);
  std::error_code fault;
  std::filesystem::path resolved = std::filesystem::weakly_canonical(std::filesystem::absolute(path), fault);
  if (fault) throw_invalid_parameter("Invalid model version source: '" + uri + "'.");
  // A slash at the end would be an empty last component.
  return resolved.has_filename() ? resolved : resolved.parent_path();
}

// Schemes whose repositories connect to the host in the URI, and the family that two of them share.
struct HostScheme {
  std::string_view scheme;
  std::string_view family;
  int default_port;  ///< 0: not known here
};
constexpr HostScheme kHostSchemes[] = {
    {"ftp", "ftp", 21},      {"sftp", "sftp", 22},
    {"hdfs", "hdfs", 0},     {"viewfs", "hdfs", 0},
    {"http", "http", 80},    {"https", "http", 443},
    {"r2", "r2", 443},       {"b2", "b2", 443},
    {"abfss", "abfss", 443}, {"mlflow-artifacts", "http", 0},
};

const HostScheme* find_host_scheme(const Uri& uri) {
  const std::string scheme = lower_case(uri.scheme);
  const auto* found = std::find_if(std::begin(kHostSchemes), std::end(kHostSchemes),
                                   [&](const auto& s) { return s.scheme == scheme; });
  const bool names_host =
      found != std::end(kHostSchemes) && (scheme != "mlflow-artifacts" || !uri.authority.empty());
  return names_host ? found : nullptr;
}

// "host:port" in lower case, with the port that the scheme implies; empty when it cannot be told for certain.
std::string target_of(const Uri& uri, const HostScheme& scheme) {
  std::string host = lower_case(uri.authority.substr(uri.authority.rfind('@') + 1));
  // Some HTTP clients end the authority at a backslash, which hides the host that they talk to.
  if (uri.authority.find_first_of("\\ \t\r\n") != std::string_view::npos) return "";
  const size_t colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  if (has_port) return std::string(scheme.family) + "://" + host;
  return std::string(scheme.family) + "://" + host + ":" + std::to_string(scheme.default_port);
}

[[noreturn]] void refuse_path(const std::string& source) {
  throw_invalid_parameter("Invalid model version source: '" + source +
                          "'. The path of a source must be absolute and free of relative references.");
}

}  // namespace

bool is_local_source(const std::string& text) {
  const Uri uri = parse_uri(text);
  if (uri.scheme.empty()) return true;
  if (lower_case(uri.scheme) != "file") return false;
  const std::string host = lower_case(uri.authority.substr(0, uri.authority.find(':')));
  if (host.empty() || host == "." || host == "localhost" || host == "127.0.0.1") return true;
  throw_invalid_parameter("'" + text +
                          "' names a file of another host; use a URI whose scheme can reach it.");
}

bool is_local_path_within(const std::string& source, const std::string& root) {
  const std::filesystem::path inner = local_path(source);
  const std::filesystem::path outer = local_path(root);
  const auto [rest, other] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return rest == outer.end();
}

void check_absolute_path(const std::string& source) {
  const std::string plain = fully_decoded(source);
  const Uri uri = parse_uri(plain);
  const std::vector<std::string> parts = components(plain);
  const bool leads_elsewhere =
      decoded_once(plain) != plain || std::find(parts.begin(), parts.end(), "..") != parts.end() ||
      std::find(parts.begin(), parts.end(), ".") != parts.end() || plain.find('\0') != std::string::npos;
  if (leads_elsewhere || !uri.path.starts_with('/') || components(uri.path).empty()) refuse_path(source);
}

bool is_proxied_source(const std::string& source) {
  const Uri uri = parse_uri(source);
  const std::string scheme = lower_case(uri.scheme);
  if (scheme == "mlflow-artifacts") return true;
  if (scheme != "http" && scheme != "https") return false;
  const std::vector<std::string> route{"api", "2.0", "mlflow-artifacts", "artifacts"};
  const std::vector<std::string> parts = decoded_components(uri.path);
  return std::search(parts.begin(), parts.end(), route.begin(), route.end()) != parts.end();
}

bool is_uri_within(const std::string& source, const std::string& root) {
  const Uri inner = parse_uri(source);
  const Uri outer = parse_uri(root);
  const std::vector<std::string> root_parts = decoded_components(outer.path);
  return lower_case(inner.scheme) == lower_case(outer.scheme) &&
         lower_case(inner.authority) == lower_case(outer.authority) && !root_parts.empty() &&
         starts_with(decoded_components(inner.path), root_parts);
}

std::optional<std::string> foreign_host_scheme(const std::string& text,
                                               const std::vector<std::string>& trusted) {
  const Uri uri = parse_uri(text);
  const HostScheme* scheme = find_host_scheme(uri);
  if (scheme == nullptr) return std::nullopt;
  const std::string target = target_of(uri, *scheme);
  const auto same_host = [&](const std::string& other_text) {
    const Uri other = parse_uri(other_text);
    const HostScheme* other_scheme = find_host_scheme(other);
    return other_scheme != nullptr && target_of(other, *other_scheme) == target;
  };
  if (!target.empty() && std::any_of(trusted.begin(), trusted.end(), same_host)) return std::nullopt;
  return std::string(scheme->scheme);
}

}  // namespace millrace::registry

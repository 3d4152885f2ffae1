#include "artifacts/path_rules.h"

#include <algorithm>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::artifacts {
namespace {

constexpr size_t kLongestPath = 4096;
constexpr size_t kLongestComponent = 255;

[[noreturn]] void refuse() {
  throw_invalid_parameter("Invalid path");
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool has_drive_letter(std::string_view path) {
  return path.size() >= 2 && path[1] == ':' &&
         ((path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z'));
}

void check_component(std::string_view part) {
  if (part == ".." || part.size() > kLongestComponent || part.starts_with(kReservedPrefix)) refuse();
}

void check_text(std::string_view path) {
  if (path.size() > kLongestPath || !is_valid_utf8(path) || path.starts_with('/') || path.starts_with('~'))
    refuse();
  if (path.find('\\') != std::string_view::npos || path.find('#') != std::string_view::npos) refuse();
  if (has_drive_letter(path) || std::any_of(path.begin(), path.end(), is_control)) refuse();
  if (path.starts_with("file:")) refuse();
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    check_component(path.substr(start, end - start));
    start = end + 1;
  }
}

// "%252e%252e" is harmless here and dangerous behind a stage that decodes; every form down to the plain one
// is checked.
void check_all_decodings(std::string_view path) {
  std::string form(path);
  for (int depth = 0; depth < 8; ++depth) {
    check_text(form);
    auto decoded = percent_decode(form);
    if (!decoded || *decoded == form) return;
    form = *std::move(decoded);
  }
  refuse();
}

}  // namespace

std::string checked_path(std::string_view path) {
  check_all_decodings(path);
  std::string result;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (!part.empty() && part != ".") result = join_path(result, part);
    start = end + 1;
  }
  return result;
}

std::string checked_file_path(std::string_view path) {
  std::string result = checked_path(path);
  if (result.empty() || path.ends_with('/')) refuse();
  return result;
}

std::string join_path(std::string_view a, std::string_view b) {
  std::string result(a);
  if (!a.empty() && !b.empty()) result += '/';
  result += b;
  return result;
}

std::string last_component(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace millrace::artifacts

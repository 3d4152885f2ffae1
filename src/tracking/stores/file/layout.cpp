#include "tracking/stores/file/layout.h"

#include <charconv>

#include "base/error.h"

namespace millrace::tracking::files {

std::optional<int64_t> experiment_number(std::string_view name) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (fault != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  if (name != std::to_string(number)) return std::nullopt;
  return number;
}

bool may_be_run(std::string_view name) {
  return name != kTags && name != kDatasets && name != kTraces && name != kModels && !name.starts_with('.');
}

bool is_folder_name(std::string_view id) {
  return !id.empty() && !id.starts_with('.') && id.find('/') == std::string_view::npos &&
         id.find('\0') == std::string_view::npos && id.size() <= 255;
}

void check_folder_name(const std::string& id) {
  if (!is_folder_name(id)) throw_invalid_parameter("'" + id + "' cannot be an id in a file store.");
}

}  // namespace millrace::tracking::files

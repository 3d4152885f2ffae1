#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plugin {

/// Where something stands in a file; both count from 1.
struct TomlPosition {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct TomlEntry;

/// A value of a TOML 1.0 document with its place in the file. Only the member that `type` names is meant.
struct TomlValue {
  enum class Type { kText, kInteger, kReal, kBoolean, kDate, kList, kTable };

  Type type = Type::kTable;
  TomlPosition position;
  std::string text;
  int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::vector<TomlValue> list;
  std::vector<TomlEntry> table;  ///< sorted by key

  /// The value of a key of this table, or null.
  const TomlValue* find(std::string_view key) const;
};

struct TomlEntry {
  std::string key;
  TomlPosition position;  ///< of the key
  TomlValue value;
};

/// "a text", "a whole number" ...: for messages.
std::string_view toml_type_name(TomlValue::Type type);

/// `file` names the text in messages. Throws INVALID_PARAMETER_VALUE "file:line:column: ..." for what is no
/// TOML.
TomlValue parse_toml(std::string_view text, const std::string& file);

/// Throws INVALID_PARAMETER_VALUE "file:line:column: message", control characters replaced by '?'.
[[noreturn]] void throw_at(const std::string& file, TomlPosition position, const std::string& message);

}  // namespace millrace::plugin

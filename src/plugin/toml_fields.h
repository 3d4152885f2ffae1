#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/toml_document.h"

namespace millrace::plugin {

/// The keys of one table, read with their types. Every fault is INVALID_PARAMETER_VALUE "file:line:column:
/// ..." that tells what was expected. Keys that nobody asked for are faults too: call refuse_others() last.
/// Borrows the table.
class TomlFields {
 public:
  /// `title` names the table in messages: "[plugin]".
  TomlFields(const TomlValue& table, std::string file, std::string title);

  /// A text that must be there and must not be empty.
  const TomlValue& required_text(const std::string& key);

  /// Null when the key is not there.
  const TomlValue* text(const std::string& key);
  const TomlValue* texts(const std::string& key);  ///< a list of texts that are not empty
  const TomlValue* boolean(const std::string& key);
  const TomlValue* integer(const std::string& key, int64_t lowest, int64_t highest);
  const TomlValue* any(const std::string& key);

  void refuse_others() const;

  [[noreturn]] void fail(TomlPosition position, const std::string& message) const;
  [[noreturn]] void fail_missing(const std::string& key, const std::string& expected) const;

 private:
  const TomlValue* of_type(const std::string& key, TomlValue::Type type, const std::string& expected);

  const TomlValue& table_;
  std::string file_;
  std::string title_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace millrace::plugin

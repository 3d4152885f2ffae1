#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace millrace::tracking::files {

/// The fields of a meta.yaml: a mapping of names to scalars, of which one may be a mapping itself.
class YamlFields {
 public:
  /// Throws INVALID_PARAMETER_VALUE that names `path` and the line when `text` is no such mapping.
  YamlFields(const std::string& text, const std::string& path);

  bool has(const std::string& name) const { return scalars_.contains(name); }
  /// Nothing when the field is not there or null.
  std::optional<std::string> text(const std::string& name) const;
  /// The same; throws INVALID_PARAMETER_VALUE when it is no whole number.
  std::optional<int64_t> integer(const std::string& name) const;
  /// Throw INVALID_PARAMETER_VALUE when the field is not there, null or empty.
  std::string required_text(const std::string& name) const;
  int64_t required_integer(const std::string& name) const;
  /// The entries of a field that is a mapping itself; empty when it is not.
  std::map<std::string, std::string> mapping(const std::string& name) const;

 private:
  std::string path_;
  std::map<std::string, std::string> scalars_;
  std::map<std::string, std::map<std::string, std::string>> mappings_;
};

}  // namespace millrace::tracking::files

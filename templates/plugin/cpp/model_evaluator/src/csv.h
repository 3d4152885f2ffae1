#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace sample_plugin {

/// Reads CSV by RFC 4180: fields between commas, quotes around what has commas, quotes or line ends in it.
/// One thread.
class CsvReader {
 public:
  explicit CsvReader(std::istream& input) : input_(input) {}

  /// The next line that is not empty; nothing at the end. Throws INVALID_PARAMETER_VALUE for a quote that is
  /// never closed and for a line of more than 16 MiB.
  std::optional<std::vector<std::string>> next();

 private:
  bool read_field(std::string& field);

  std::istream& input_;
  size_t line_bytes_ = 0;
};

}  // namespace sample_plugin

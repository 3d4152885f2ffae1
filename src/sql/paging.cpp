#include "sql/paging.h"

#include <charconv>
#include <string>

#include "base/error.h"

namespace millrace::sql {

int64_t offset_from(std::string_view cursor) {
  if (cursor.empty()) return 0;
  int64_t offset = 0;
  const auto [end, fault] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), offset);
  if (fault != std::errc() || end != cursor.data() + cursor.size() || offset < 0) {
    throw_invalid_parameter("Invalid page token: this store did not give the cursor '" + std::string(cursor) +
                            "'.");
  }
  return offset;
}

}  // namespace millrace::sql

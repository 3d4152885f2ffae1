#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::sql {

/// Cursors of this store are row offsets in decimal; empty is 0. Throws INVALID_PARAMETER_VALUE for other
/// texts.
int64_t offset_from(std::string_view cursor);

}  // namespace millrace::sql

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/byte_stream.h"

namespace millrace::artifacts {

/// What a Range header asks of a representation of known size (RFC 9110, 14.2).
struct ByteRange {
  enum class Kind { kWhole, kPart, kUnsatisfiable };
  Kind kind = Kind::kWhole;
  uint64_t first = 0;
  uint64_t length = 0;
};

/// Reads "bytes=0-99", "bytes=100-" and "bytes=-100". Several ranges, other units and malformed headers are
/// answered with the whole, as the RFC allows.
ByteRange parse_range(std::string_view header, uint64_t size);

/// The part of a source. A source that is a file is sought in; of others the bytes before are read and
/// dropped.
std::unique_ptr<ByteSource> part_of(std::unique_ptr<ByteSource> source, const ByteRange& range);

}  // namespace millrace::artifacts

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::plugin {

/// The form of cache files: numbers as 8 bytes of this machine, texts with their length in front.

class ByteWriter {
 public:
  void number(uint64_t value);
  void text(std::string_view value);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Borrows the bytes. Reading past the end throws std::out_of_range.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t number();
  std::string text();

  /// The number of elements that follow, of which each takes a byte at least.
  size_t count();

 private:
  std::string_view take(uint64_t length);

  std::string_view bytes_;
};

/// `bytes` behind a checksum against damage (FNV-1a; no protection against forgery).
std::string sealed(const std::string& bytes);

/// What sealed() was given. Throws std::out_of_range when the checksum does not fit.
std::string_view unsealed(std::string_view bytes);

}  // namespace millrace::plugin

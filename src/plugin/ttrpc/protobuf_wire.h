#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// Reading and writing the protobuf wire format field by field.
namespace millrace::ttrpc::wire {

/// The bytes are not in the wire format.
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Field {
  uint32_t id = 0;
  bool length_delimited = false;
  std::string_view bytes;  ///< Of a length-delimited field.
  uint64_t number = 0;     ///< Of a varint or fixed field.

  bool is_bytes(uint32_t wanted) const { return id == wanted && length_delimited; }
  bool is_number(uint32_t wanted) const { return id == wanted && !length_delimited; }
};

/// The fields of a message in the order in which they were written. Throws Malformed.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  /// Nothing at the end of the message.
  std::optional<Field> next();

 private:
  uint64_t varint();
  uint64_t fixed(size_t size);
  std::string_view take(uint64_t size);

  std::string_view left_;
};

void put_number(std::string& out, uint32_t id, uint64_t number);
/// Writes nothing when `bytes` is empty, as proto3 does.
void put_bytes(std::string& out, uint32_t id, std::string_view bytes);
/// Writes the field whatever is in it: an empty message or element is there, too.
void put_message(std::string& out, uint32_t id, std::string_view bytes);
/// What stands before the bytes of a field that the caller writes itself; nothing when `size` is zero.
void put_bytes_head(std::string& out, uint32_t id, size_t size);

}  // namespace millrace::ttrpc::wire

#include "plugin/ttrpc/protobuf_wire.h"

namespace millrace::ttrpc::wire {
namespace {

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_tag(std::string& out, uint32_t id, WireType type) {
  put_varint(out, uint64_t{id} << 3 | type);
}

}  // namespace

std::optional<Field> Reader::next() {
  if (left_.empty()) return std::nullopt;
  const uint64_t tag = varint();
  Field field;
  field.id = static_cast<uint32_t>(tag >> 3);
  if (field.id == 0 || tag >> 32 != 0) throw Malformed("a field number is out of range");
  switch (tag & 7) {
    case kVarint:
      field.number = varint();
      return field;
    case kFixed64:
      field.number = fixed(8);
      return field;
    case kFixed32:
      field.number = fixed(4);
      return field;
    case kLengthDelimited:
      field.length_delimited = true;
      field.bytes = take(varint());
      return field;
    default:
      throw Malformed("a field has an unknown wire type");
  }
}

uint64_t Reader::varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  throw Malformed("a number has more than ten bytes");
}

uint64_t Reader::fixed(size_t size) {
  const std::string_view bytes = take(size);
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::string_view Reader::take(uint64_t size) {
  if (size > left_.size()) throw Malformed("a field is cut off");
  const std::string_view bytes = left_.substr(0, size);
  left_.remove_prefix(size);
  return bytes;
}

void put_number(std::string& out, uint32_t id, uint64_t number) {
  put_tag(out, id, kVarint);
  put_varint(out, number);
}

void put_bytes(std::string& out, uint32_t id, std::string_view bytes) {
  put_bytes_head(out, id, bytes.size());
  out += bytes;
}

void put_message(std::string& out, uint32_t id, std::string_view bytes) {
  put_tag(out, id, kLengthDelimited);
  put_varint(out, bytes.size());
  out += bytes;
}

void put_bytes_head(std::string& out, uint32_t id, size_t size) {
  if (size == 0) return;
  put_tag(out, id, kLengthDelimited);
  put_varint(out, size);
}

}  // namespace millrace::ttrpc::wire

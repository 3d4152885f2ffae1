#include "plugin/index_bytes.h"

#include <cstring>
#include <stdexcept>

namespace millrace::plugin {
namespace {

uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

void ByteWriter::number(uint64_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof raw);
}

void ByteWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

uint64_t ByteReader::number() {
  uint64_t value = 0;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string ByteReader::text() {
  return std::string(take(number()));
}

size_t ByteReader::count() {
  const uint64_t count = number();
  if (count > bytes_.size()) throw std::out_of_range("more elements than bytes");
  return count;
}

std::string_view ByteReader::take(uint64_t length) {
  if (length > bytes_.size()) throw std::out_of_range("the bytes end early");
  const std::string_view taken = bytes_.substr(0, length);
  bytes_.remove_prefix(length);
  return taken;
}

std::string sealed(const std::string& bytes) {
  ByteWriter writer;
  writer.number(checksum(bytes));
  return writer.bytes() + bytes;
}

std::string_view unsealed(std::string_view bytes) {
  const uint64_t expected = ByteReader(bytes).number();
  bytes.remove_prefix(sizeof expected);
  if (checksum(bytes) != expected) throw std::out_of_range("the checksum does not fit");
  return bytes;
}

}  // namespace millrace::plugin

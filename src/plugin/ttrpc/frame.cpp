#include "plugin/ttrpc/frame.h"

namespace millrace::ttrpc {
namespace {

void put_u32(char* out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(value >> (24 - 8 * i) & 0xff);
}

uint32_t get_u32(const char* bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

HeaderBytes encode_header(const FrameHeader& header) {
  HeaderBytes bytes{};
  put_u32(bytes.data(), header.length);
  put_u32(bytes.data() + 4, header.stream);
  bytes[8] = static_cast<char>(header.type);
  bytes[9] = static_cast<char>(header.flags);
  return bytes;
}

FrameHeader decode_header(const char* bytes) {
  FrameHeader header;
  header.length = get_u32(bytes);
  header.stream = get_u32(bytes + 4);
  header.type = static_cast<uint8_t>(bytes[8]);
  header.flags = static_cast<uint8_t>(bytes[9]);
  return header;
}

std::string oversized_text(size_t length) {
  return "message length " + std::to_string(length) + " exceed maximum message size of " +
         std::to_string(kMaxMessage);
}

}  // namespace millrace::ttrpc

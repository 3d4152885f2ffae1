#include "base/ids.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace millrace {
namespace {

// getrandom() costs a system call, so each thread draws a block and hands it out piece by piece.
class RandomBytes {
 public:
  uint8_t next() {
    if (position_ == block_.size()) refill();
    return block_[position_++];
  }

 private:
  void refill() {
    size_t filled = 0;
    while (filled < block_.size()) {
      const ssize_t count = getrandom(block_.data() + filled, block_.size() - filled, 0);
      if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
      if (count > 0) filled += static_cast<size_t>(count);
    }
    position_ = 0;
  }

  std::array<uint8_t, 256> block_{};
  size_t position_ = block_.size();
};

uint8_t random_byte() {
  thread_local RandomBytes bytes;
  return bytes.next();
}

}  // namespace

std::string random_hex_id() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id(32, '0');
  for (size_t i = 0; i < 16; ++i) {
    uint8_t byte = random_byte();
    if (i == 6) byte = static_cast<uint8_t>((byte & 0x0f) | 0x40);  // version 4
    if (i == 8) byte = static_cast<uint8_t>((byte & 0x3f) | 0x80);  // RFC variant
    id[2 * i] = kDigits[byte >> 4];
    id[2 * i + 1] = kDigits[byte & 0x0f];
  }
  return id;
}

std::string random_uuid() {
  std::string id = random_hex_id();
  for (const size_t place : {8, 13, 18, 23}) id.insert(place, 1, '-');
  return id;
}

std::string random_token(size_t length) {
  static constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string token(length, '0');
  for (char& c : token) c = kDigits[random_byte() % 36];
  return token;
}

}  // namespace millrace

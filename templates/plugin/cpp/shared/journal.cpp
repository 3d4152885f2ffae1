#include "journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sample_plugin {
namespace {

using namespace millrace;

// Before each record, in the byte order of the machine.
struct Header {
  uint32_t kind = 0;
  uint32_t size = 0;
  uint32_t check_sum = 0;
};

constexpr uint32_t kLargestRecord = 64u << 20;

// CRC-32 as zlib has it.
uint32_t check_sum(std::string_view bytes) {
  static const auto table = [] {
    std::array<uint32_t, 256> made{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0u);
      made[i] = value;
    }
    return made;
  }();
  uint32_t sum = 0xffffffffu;
  for (const unsigned char byte : bytes) sum = table[(sum ^ byte) & 0xff] ^ (sum >> 8);
  return sum ^ 0xffffffffu;
}

uint64_t size_of(const Descriptor& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_file_error("The journal cannot be read", errno);
  return static_cast<uint64_t>(status.st_size);
}

void read_all(const Descriptor& file, char* to, size_t size, uint64_t offset) {
  while (size > 0) {
    const ssize_t count = ::pread(file.get(), to, size, static_cast<off_t>(offset));
    if (count <= 0) throw_file_error("The journal cannot be read", count < 0 ? errno : EIO);
    to += count;
    size -= static_cast<size_t>(count);
    offset += static_cast<uint64_t>(count);
  }
}

bool write_at(const Descriptor& file, std::string_view bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return true;
}

}  // namespace

Journal::FileLock::FileLock(const Descriptor& file) : file_(file) {
  while (::flock(file_.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_file_error("The journal cannot be locked", errno);
  }
}

Journal::FileLock::~FileLock() {
  ::flock(file_.get(), LOCK_UN);
}

Journal::Journal(const std::filesystem::path& path, Apply apply)
    : file_(open_file(path, O_RDWR | O_CREAT)), apply_(std::move(apply)) {
  sync_folder(path.parent_path());
  read([] {});  // what was written before is read now, not by the first call
}

// A lock is needed only where somebody else may be writing.
void Journal::follow() {
  if (size_of(file_) == end_) return;
  const FileLock lock(file_);
  catch_up();
}

void Journal::catch_up() {
  const uint64_t size = size_of(file_);
  while (apply_next(size)) {
  }
}

// False at the end, and at a record that a crash left unfinished.
bool Journal::apply_next(uint64_t size) {
  Header header;
  if (end_ + sizeof header > size) return false;
  read_all(file_, reinterpret_cast<char*>(&header), sizeof header, end_);
  if (header.size > kLargestRecord || end_ + sizeof header + header.size > size) return false;
  std::string content(header.size, '\0');
  read_all(file_, content.data(), content.size(), end_ + sizeof header);
  if (check_sum(content) != header.check_sum) return false;
  apply_(static_cast<int>(header.kind), content);
  end_ += sizeof header + content.size();
  return true;
}

void Journal::append(int kind, const std::string& content) {
  if (content.size() > kLargestRecord) throw_invalid_parameter("The write is larger than 64 MiB.");
  const Header header{static_cast<uint32_t>(kind), static_cast<uint32_t>(content.size()), check_sum(content)};
  std::string record(reinterpret_cast<const char*>(&header), sizeof header);
  record += content;
  const auto end = static_cast<off_t>(end_);
  const bool kept =
      ::ftruncate(file_.get(), end) == 0 && write_at(file_, record, end_) && ::fdatasync(file_.get()) == 0;
  if (!kept) {
    const int code = errno;
    [[maybe_unused]] const int undone = ::ftruncate(file_.get(), end);
    throw_file_error("The journal cannot be written", code);
  }
  apply_(kind, content);
  end_ += record.size();
}

}  // namespace sample_plugin

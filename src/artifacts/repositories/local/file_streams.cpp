#include "artifacts/repositories/local/file_streams.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "artifacts/path_rules.h"
#include "base/error.h"
#include "base/ids.h"

namespace millrace::artifacts {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(Descriptor file, uint64_t size, std::string name)
      : file_(std::move(file)), size_(size), name_(std::move(name)) {}

  size_t read(std::span<char> buffer) override {
    while (true) {
      const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
      if (count >= 0) {
        position_ += static_cast<uint64_t>(count);
        return static_cast<size_t>(count);
      }
      if (errno != EINTR) throw_system_error(errno, "read the artifact");
    }
  }

  std::optional<uint64_t> remaining() const override { return size_ - std::min(size_, position_); }
  std::optional<FileRegion> file_region() const override { return FileRegion{file_.get(), 0, size_}; }
  std::string_view file_name() const override { return name_; }

 private:
  Descriptor file_;
  uint64_t size_;
  uint64_t position_ = 0;
  std::string name_;
};

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::unique_ptr<ByteSource> open_file(const RootDirectory& root, const std::string& path) {
  // O_NONBLOCK: a FIFO that somebody put there must not hang the server.
  Descriptor file = root.open(path, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (!file.is_open() || fstat(file.get(), &status) != 0) throw_not_found("No such artifact: '" + path + "'");
  if (S_ISDIR(status.st_mode))
    throw_invalid_parameter("Artifact path refers to a directory, not a file: '" + path + "'");
  if (!S_ISREG(status.st_mode)) throw_not_found("No such artifact: '" + path + "'");
  return std::make_unique<FileSource>(std::move(file), static_cast<uint64_t>(status.st_size), name_of(path));
}

FileSink::FileSink(const RootDirectory& root, const std::string& path)
    : path_(path), name_(name_of(path)), directory_(root.make_directory(directory_of(path))) {
  open_temporary();
}

FileSink::~FileSink() {
  if (!temporary_.empty()) unlinkat(directory_.get(), temporary_.c_str(), 0);
}

// Not every file system has unnamed files; there a reserved name stands in, which no listing shows.
void FileSink::open_temporary() {
  file_ = Descriptor(openat(directory_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (file_.is_open()) return;
  temporary_ = std::string(kReservedPrefix) + "upload-" + random_token(20);
  file_ =
      Descriptor(openat(directory_.get(), temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (file_.is_open()) return;
  const int fault = errno;
  temporary_.clear();
  throw_system_error(fault, "write '" + path_ + "'");
}

void FileSink::write(std::string_view chunk) {
  while (!chunk.empty()) {
    const ssize_t count = ::write(file_.get(), chunk.data(), chunk.size());
    if (count < 0 && errno != EINTR) throw_system_error(errno, "write '" + path_ + "'");
    if (count <= 0) continue;
    chunk.remove_prefix(static_cast<size_t>(count));
    unflushed_ += static_cast<size_t>(count);
  }
  start_flushing();
}

// The disk works while the client still sends, so that little is left to wait for at the end. A hint only:
// what matters is the fsync() of commit().
void FileSink::start_flushing() {
  constexpr size_t kStretch = size_t{8} << 20;
  if (unflushed_ < kStretch) return;
  sync_file_range(file_.get(), flushed_, static_cast<off_t>(unflushed_), SYNC_FILE_RANGE_WRITE);
  flushed_ += static_cast<off_t>(unflushed_);
  unflushed_ = 0;
}

void FileSink::append_file(int descriptor) {
  constexpr size_t kMost = size_t{1} << 30;
  ssize_t count = 0;
  while ((count = copy_file_range(descriptor, nullptr, file_.get(), nullptr, kMost, 0)) > 0) {
  }
  if (count == 0) return;
  std::array<char, 64 * 1024> buffer;
  while ((count = ::read(descriptor, buffer.data(), buffer.size())) > 0)
    write({buffer.data(), static_cast<size_t>(count)});
  if (count < 0) throw_system_error(errno, "read a part of '" + path_ + "'");
}

// linkat() cannot replace a file, rename() can: the unnamed file gets a reserved name first.
void FileSink::give_temporary_a_name() {
  if (!temporary_.empty()) return;
  const std::string name = std::string(kReservedPrefix) + "upload-" + random_token(20);
  const std::string link = "/proc/self/fd/" + std::to_string(file_.get());
  if (linkat(AT_FDCWD, link.c_str(), directory_.get(), name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    throw_system_error(errno, "write '" + path_ + "'");
  }
  temporary_ = name;
}

void FileSink::commit() {
  if (fsync(file_.get()) != 0) throw_system_error(errno, "write '" + path_ + "'");
  give_temporary_a_name();
  if (renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0) {
    throw_system_error(errno, "write '" + path_ + "'");
  }
  temporary_.clear();
  if (fsync(directory_.get()) != 0) throw_system_error(errno, "write '" + path_ + "'");
}

}  // namespace millrace::artifacts

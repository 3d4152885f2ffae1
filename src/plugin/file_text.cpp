#include "plugin/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"
#include "base/ids.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

void check_readable(const Descriptor& descriptor, const fs::path& file, size_t limit) {
  struct stat status {};
  if (fstat(descriptor.get(), &status) != 0) throw_file_error("look at", file, errno);
  if (!S_ISREG(status.st_mode)) throw_invalid_parameter("'" + file.string() + "' is no regular file.");
  if (static_cast<uint64_t>(status.st_size) > limit) {
    throw_invalid_parameter("'" + file.string() + "' has " + std::to_string(status.st_size) +
                            " bytes, more than the " + std::to_string(limit) + " that are read.");
  }
}

void sync(const Descriptor& descriptor, const fs::path& file) {
  if (fsync(descriptor.get()) != 0) throw_file_error("write", file, errno);
}

// Writes beside the file, finishes with `finish` and moves the result over it.
template <class Finish>
void replace_file(const fs::path& file, std::string_view content, Finish finish) {
  const fs::path temporary = file.string() + "." + random_token(8) + ".tmp";
  const Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!descriptor.is_open()) throw_file_error("write", file, errno);
  try {
    write_all(descriptor, file, content);
    finish(descriptor);
    if (::rename(temporary.c_str(), file.c_str()) != 0) throw_file_error("replace", file, errno);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

ErrorCode code_for(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kResourceDoesNotExist;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kResourceExhausted;
    default:
      return ErrorCode::kInternalError;
  }
}

}  // namespace

std::string read_text_file(const fs::path& file, size_t limit) {
  // Without O_NONBLOCK a pipe of that name would be waited for.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.is_open()) throw_file_error("read", file, errno);
  check_readable(descriptor, file, limit);
  std::string text;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(descriptor.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_file_error("read", file, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > limit) throw_invalid_parameter("'" + file.string() + "' grew while it was read.");
  }
}

void write_all(const Descriptor& descriptor, const fs::path& file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_file_error("write", file, errno);
    content.remove_prefix(static_cast<size_t>(count));
  }
}

void write_text_file(const fs::path& file, std::string_view content) {
  replace_file(file, content, [&](const Descriptor& descriptor) { sync(descriptor, file); });
  sync_folder(file.parent_path());
}

void write_cache_file(const fs::path& file, std::string_view content) {
  replace_file(file, content, [](const Descriptor&) {});
}

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) throw_file_error("open", folder, errno);
  sync(descriptor, folder);
}

void throw_file_error(const std::string& action, const fs::path& file, int code) {
  throw Error(code_for(code),
              "Cannot " + action + " '" + file.string() + "': " + std::system_category().message(code) + ".");
}

}  // namespace millrace::plugin

#include "artifacts/repositories/local/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace millrace::artifacts {
namespace {

int open_beneath(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof how));
}

// For kernels before 5.6: one component after the other, none of which may be a link.
int open_step_by_step(int root, const std::string& path, int flags) {
  Descriptor current(dup(root));
  for (size_t start = 0; current.is_open();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string part = path.substr(start, end - start);
    const bool last = end == path.size();
    const int next =
        openat(current.get(), part.c_str(), (last ? flags : O_RDONLY | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
    if (last || next < 0) return next;
    current = Descriptor(next);
    start = end + 1;
  }
  return -1;
}

int open_safely(int root, const std::string& path, int flags) {
  const int number = open_beneath(root, path.c_str(), flags);
  if (number >= 0 || (errno != ENOSYS && errno != EPERM)) return number;
  return open_step_by_step(root, path, flags);
}

bool is_missing(int number) {
  return number == ENOENT || number == ENOTDIR;
}

}  // namespace

Descriptor RootDirectory::open(const std::string& path, int flags) const {
  Descriptor root(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) {
    if (is_missing(errno)) return Descriptor();
    throw_system_error(errno, "open the artifact directory");
  }
  if (path.empty()) return root;
  Descriptor found(open_safely(root.get(), path, flags));
  if (found.is_open() || is_missing(errno)) return found;
  if (errno == EXDEV || errno == ELOOP) throw_invalid_parameter("Invalid path");
  throw_system_error(errno, "open '" + path + "'");
}

Descriptor RootDirectory::make_directory(const std::string& path) const {
  std::error_code fault;
  std::filesystem::create_directories(path_, fault);
  Descriptor current(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!current.is_open()) throw_system_error(errno, "open the artifact directory");
  for (size_t start = 0; start < path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string part = path.substr(start, end - start);
    if (mkdirat(current.get(), part.c_str(), 0777) != 0 && errno != EEXIST)
      throw_system_error(errno, "make the directory '" + path + "'");
    Descriptor next = open(path.substr(0, end), O_RDONLY | O_DIRECTORY);
    if (!next.is_open()) throw_system_error(ENOTDIR, "make the directory '" + path + "'");
    current = std::move(next);
    start = end + 1;
  }
  return current;
}

void throw_system_error(int number, const std::string& what) {
  const std::string message = "Cannot " + what + ": " + std::strerror(number) + ".";
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      throw Error(ErrorCode::kResourceExhausted, message);
    case EACCES:
    case EPERM:
    case EROFS:
      throw Error(ErrorCode::kPermissionDenied, message);
    case EISDIR:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ENOTEMPTY:
    case EEXIST:
      throw Error(ErrorCode::kInvalidParameterValue, message);
    default:
      throw Error(ErrorCode::kInternalError, message);
  }
}

}  // namespace millrace::artifacts

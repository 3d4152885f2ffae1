#include "tracking/stores/file/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "base/percent.h"

namespace millrace::tracking::files {
namespace {

// Clocks of file servers differ a little from ours, and their times may be coarse.
constexpr int64_t kUnsureNs = 2'000'000'000;
constexpr int kDeepestKey = 64;
constexpr size_t kMostKeys = 1'000'000;

int64_t nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileState state_of(const struct stat& status) {
  FileState state;
  if (S_ISREG(status.st_mode)) state.kind = FileState::Kind::kFile;
  if (S_ISDIR(status.st_mode)) state.kind = FileState::Kind::kFolder;
  state.size = status.st_size;
  state.inode = static_cast<int64_t>(status.st_ino);
  state.modified_ns = nanoseconds(status.st_mtim);
  state.changed_ns = nanoseconds(status.st_ctim);
  return state;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

void collect(const Folder& folder, const std::string& prefix, int depth, const Complain& complain,
             std::vector<KeyFile>& found) {
  for (const Folder::Entry& entry : folder.entries()) {
    const auto state = folder.state(entry.name);
    if (!state) continue;
    const std::string key = prefix + entry.name;
    if (state->is_folder() && depth < kDeepestKey) {
      if (const auto inner = folder.find(entry.name)) collect(*inner, key + "/", depth + 1, complain, found);
    } else if (!state->is_file()) {
      complain(folder.path_of(entry.name) + " is left out: it is no plain file.");
    } else if (!is_valid_utf8(key)) {
      complain(folder.path_of("a file") + " is left out: its name is no UTF-8.");
    } else {
      found.push_back({key, *state});
    }
    if (found.size() > kMostKeys)
      throw_invalid_parameter(folder.path() + " has more than " + std::to_string(kMostKeys) + " files.");
  }
}

}  // namespace

int64_t mix(int64_t seed, int64_t next) {
  // The finalizer of SplitMix64.
  uint64_t bits = static_cast<uint64_t>(seed) * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(next);
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return static_cast<int64_t>(bits ^ (bits >> 31));
}

int64_t mix(int64_t seed, std::string_view next) {
  for (const char c : next) seed = mix(seed, static_cast<int64_t>(static_cast<unsigned char>(c)));
  return mix(seed, static_cast<int64_t>(next.size()));
}

int64_t FileState::stamp() const {
  if (std::max(modified_ns, changed_ns) > unix_nanos() - kUnsureNs) return 0;
  const int64_t stamp = mix(mix(mix(mix(1, size), inode), modified_ns), changed_ns);
  return stamp == 0 ? 1 : stamp;
}

Folder Folder::open_root(const std::string& path) {
  Descriptor found(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!found.is_open()) throw_errno(errno, "open the folder " + path);
  return {std::move(found), path};
}

std::optional<Folder> Folder::find(const std::string& name) const {
  Descriptor found(openat(descriptor_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (found.is_open()) return Folder(std::move(found), path_of(name));
  if (errno == ENOENT) return std::nullopt;
  if (errno == ELOOP || errno == ENOTDIR)
    throw_invalid_parameter(path_of(name) + " is no folder; symbolic links are not followed.");
  throw_errno(errno, "open the folder " + path_of(name));
}

Folder Folder::open(const std::string& name) const {
  auto found = find(name);
  if (!found) throw_not_found("There is no folder " + path_of(name) + ".");
  return *std::move(found);
}

std::vector<Folder::Entry> Folder::entries() const {
  const int number = openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) throw_errno(errno, "list the folder " + path_);
  const std::unique_ptr<DIR, CloseDirectory> directory(fdopendir(number));
  std::vector<Entry> entries;
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      entries.push_back({std::string(name), entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN});
    errno = 0;
  }
  if (errno != 0) throw_errno(errno, "list the folder " + path_);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

FileState Folder::state() const {
  struct stat status {};
  if (fstat(descriptor_.get(), &status) != 0) throw_errno(errno, "look at " + path_);
  return state_of(status);
}

std::optional<FileState> Folder::state(const std::string& path) const {
  struct stat status {};
  if (fstatat(descriptor_.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return state_of(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw_errno(errno, "look at " + path_of(path));
}

Descriptor Folder::open_file(const std::string& name) const {
  // O_NONBLOCK: a FIFO that somebody put there must not hang the server.
  Descriptor file(openat(descriptor_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) throw_not_found("There is no file " + path_of(name) + ".");
    if (errno == ELOOP)
      throw_invalid_parameter(path_of(name) + " is a symbolic link, which is not followed.");
    throw_errno(errno, "read " + path_of(name));
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw_invalid_parameter(path_of(name) + " is no plain file.");
  return file;
}

std::string Folder::read(const std::string& name, int64_t limit) const {
  const Descriptor file = open_file(name);
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno(errno, "read " + path_of(name));
    if (count == 0) return content;
    content.append(buffer, static_cast<size_t>(count));
    if (static_cast<int64_t>(content.size()) > limit)
      throw_invalid_parameter(path_of(name) + " is larger than " + std::to_string(limit) + " bytes.");
  }
}

std::vector<KeyFile> key_files(const Folder& folder, const Complain& complain) {
  std::vector<KeyFile> found;
  collect(folder, "", 0, complain, found);
  return found;
}

int64_t stamp_of(const std::vector<KeyFile>& files) {
  int64_t stamp = 1;
  for (const KeyFile& file : files) {
    const int64_t own = file.state.stamp();
    if (own == 0) return 0;
    stamp = mix(mix(stamp, file.key), own);
  }
  return stamp == 0 ? 1 : stamp;
}

void with_key_file(const Folder& folder, const std::string& key,
                   const std::function<void(const Folder& parent, const std::string& name)>& read) {
  const size_t slash = key.find('/');
  if (slash == std::string::npos) return read(folder, key);
  with_key_file(folder.open(key.substr(0, slash)), key.substr(slash + 1), read);
}

std::string read_key(const Folder& folder, const std::string& key, int64_t limit) {
  std::string content;
  with_key_file(folder, key, [&](const Folder& parent, const std::string& name) {
    content = parent.read(name, limit);
    if (!is_valid_utf8(content)) throw_invalid_parameter(parent.path_of(name) + " is no UTF-8 text.");
  });
  return content;
}

void throw_errno(int number, const std::string& what) {
  const std::string message = "Cannot " + what + ": " + std::strerror(number) + ".";
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      throw Error(ErrorCode::kResourceExhausted, message);
    case EACCES:
    case EPERM:
    case EROFS:
      throw Error(ErrorCode::kPermissionDenied, message);
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENAMETOOLONG:
      throw Error(ErrorCode::kInvalidParameterValue, message);
    case ESTALE:
    case EWOULDBLOCK:
    case ETIMEDOUT:
      throw Error(ErrorCode::kTemporarilyUnavailable, message);
    default:
      throw Error(ErrorCode::kInternalError, message);
  }
}

}  // namespace millrace::tracking::files

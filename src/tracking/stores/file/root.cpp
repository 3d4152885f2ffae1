#include "tracking/stores/file/root.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "base/percent.h"
#include "base/uri.h"
#include "base/user_cache.h"
#include "tracking/stores/file/layout.h"

namespace millrace::tracking::files {
namespace {

std::string hexadecimal(uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 15];
  return text;
}

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// A folder of this user's own where the index of a root is kept that must not be written.
std::string cache_folder(const std::string& root) {
  const auto cache = user_cache(variable("XDG_CACHE_HOME"), variable("HOME"));
  const auto base =
      cache.value_or(std::filesystem::temp_directory_path() / ("millrace-" + std::to_string(geteuid())));
  const auto folder = base / "file-stores" / hexadecimal(static_cast<uint64_t>(mix(7, root)));
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault)
    throw Error(ErrorCode::kPermissionDenied, "Cannot make the folder " + folder.string() +
                                                  " for the index of " + root + ": " + fault.message() +
                                                  ". Set XDG_CACHE_HOME to a folder that may be written.");
  // Names and values of runs are nobody else's business.
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, fault);
  return folder.string();
}

bool lacks_locks(int number) {
  return number == ENOLCK || number == ENOSYS || number == EOPNOTSUPP || number == EINVAL;
}

}  // namespace

bool is_file_store_uri(std::string_view uri) {
  const Uri parsed = parse_uri(uri);
  // A single letter is a drive of Windows, which is no scheme.
  return !uri.empty() && (parsed.scheme.size() < 2 || parsed.scheme == "file" || parsed.scheme == "FILE");
}

std::string file_store_path(const std::string& uri) {
  const Uri parsed = parse_uri(uri);
  if (parsed.scheme.size() < 2) return uri;
  if (!parsed.authority.empty() && parsed.authority != "localhost") {
    throw_invalid_parameter(
        "'" + uri +
        "' names files of another host. Mount them, or write file:///path for a folder of this one.");
  }
  const auto path = percent_decode(parsed.path);
  if (!path)
    throw_invalid_parameter("'" + uri + "' has a '%' that begins no escape; write %25 for the sign itself.");
  if (path->empty() || path->find('\0') != std::string::npos)
    throw_invalid_parameter("'" + uri + "' names no folder.");
  return *path;
}

Root::Root(const std::string& path, Access access) : access_(access) {
  namespace fs = std::filesystem;
  std::error_code fault;
  if (!fs::exists(path, fault) && !fault) {
    if (access == Access::kReadOnly) throw_invalid_parameter("There is no folder '" + path + "' to read.");
    is_new_ = fs::create_directories(path, fault);
  }
  if (fault)
    throw Error(ErrorCode::kPermissionDenied,
                "Cannot open the folder '" + path + "': " + fault.message() + ".");
  if (!fs::is_directory(path, fault))
    throw_invalid_parameter("'" + path + "' is no folder, so it is no file store.");
  path_ = fs::canonical(path, fault).string();
  if (fault)
    throw Error(ErrorCode::kPermissionDenied,
                "Cannot open the folder '" + path + "': " + fault.message() + ".");
  folder_ = Folder::open_root(path_);
  folder_->entries();  // throws when it may not be read
  if (access == Access::kReadOnly) {
    own_path_ = cache_folder(path_);
  } else {
    prepare_own_folder();
  }
}

void Root::prepare_own_folder() {
  if (faccessat(folder_->descriptor(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    throw Error(
        ErrorCode::kPermissionDenied,
        "The folder '" + path_ + "' may not be written. Start with --read-only to look at what is in it.");
  }
  if (mkdirat(folder_->descriptor(), kOwnFolder, 0777) != 0 && errno != EEXIST)
    throw_errno(errno, "make the folder " + folder_->path_of(kOwnFolder));
  own_folder_ = folder_->open(kOwnFolder);
  own_path_ = own_folder_->path();
}

void Root::require_writable() const {
  if (is_writable()) return;
  throw Error(ErrorCode::kPermissionDenied,
              "The file store '" + path_ +
                  "' is open for reading only; start the server without --read-only to write.");
}

size_t Root::stripe_of(std::string_view id) {
  return static_cast<size_t>(static_cast<uint64_t>(mix(3, id)) % kStripes);
}

// Where the file system has no locks, those of this process are all there is.
Descriptor Root::lock_file(size_t number, int how) const {
  if (!own_folder_) return Descriptor();
  const std::string name = "lock-" + std::to_string(number);
  Descriptor file(
      openat(own_folder_->descriptor(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) throw_errno(errno, "lock " + own_folder_->path_of(name));
  while (flock(file.get(), how) != 0) {
    if (lacks_locks(errno)) break;
    if (errno != EINTR) throw_errno(errno, "lock " + own_folder_->path_of(name));
  }
  return file;
}

Root::Lock Root::lock_number(size_t number) const {
  std::unique_lock held(mutexes_.at(number));
  Descriptor file = lock_file(number, LOCK_EX);
  return {std::move(held), std::move(file)};
}

Root::Lock Root::lock_structure() const {
  return lock_number(kStructure);
}
Root::Lock Root::lock_registry() const {
  return lock_number(kRegistry);
}
Root::Lock Root::lock(std::string_view id) const {
  return lock_number(stripe_of(id));
}

Root::Lock Root::share_structure() const {
  std::shared_lock held(mutexes_.at(kStructure));
  Descriptor file = lock_file(kStructure, LOCK_SH);
  return {std::move(held), std::move(file)};
}

std::vector<Root::Lock> Root::lock_all(const std::vector<std::string>& ids) const {
  std::set<size_t> numbers;
  for (const std::string& id : ids) numbers.insert(stripe_of(id));
  std::vector<Lock> locks;
  for (const size_t number : numbers) locks.push_back(lock_number(number));
  return locks;
}

std::vector<Root::Lock> Root::lock_everything() const {
  std::vector<Lock> locks;
  for (size_t number = 0; number < kStripes; ++number) locks.push_back(lock_number(number));
  return locks;
}

std::vector<bool> Root::try_lock_all(const std::vector<std::string>& ids, std::vector<Lock>& locks) const {
  std::map<size_t, bool> held;
  std::vector<bool> result;
  for (const std::string& id : ids) {
    const size_t number = stripe_of(id);
    if (!held.contains(number)) {
      auto lock = try_lock(number);
      held[number] = lock.has_value();
      if (lock) locks.push_back(*std::move(lock));
    }
    result.push_back(held[number]);
  }
  return result;
}

std::optional<Root::Lock> Root::try_lock(size_t number) const {
  std::unique_lock held(mutexes_.at(number), std::try_to_lock);
  if (!held.owns_lock()) return std::nullopt;
  try {
    Descriptor file = lock_file(number, LOCK_EX | LOCK_NB);
    return Lock(std::move(held), std::move(file));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kTemporarilyUnavailable) return std::nullopt;
    throw;
  }
}

}  // namespace millrace::tracking::files

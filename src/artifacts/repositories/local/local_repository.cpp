#include "artifacts/repositories/local/local_repository.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "artifacts/byte_range.h"
#include "artifacts/path_rules.h"
#include "artifacts/repositories/local/file_streams.h"
#include "base/error.h"

namespace millrace::artifacts {
namespace {

// Names in an open directory but for "." and "..".
std::vector<std::string> names_in(const Descriptor& directory) {
  std::vector<std::string> names;
  // fdopendir() takes over the descriptor it is given.
  DIR* stream = fdopendir(openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (stream == nullptr) throw_system_error(errno, "list the artifacts");
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

void remove_entry(const Descriptor& directory, const std::string& name);

void remove_content(const Descriptor& directory) {
  for (const std::string& name : names_in(directory)) remove_entry(directory, name);
}

// Links are removed, never followed.
void remove_entry(const Descriptor& directory, const std::string& name) {
  if (unlinkat(directory.get(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw_system_error(errno, "delete '" + name + "'");
  const Descriptor child(
      openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!child.is_open()) throw_system_error(errno, "delete '" + name + "'");
  remove_content(child);
  if (unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    throw_system_error(errno, "delete '" + name + "'");
}

// What an entry is, through links; false for those that lead out of the root, where read() does not go
// either.
bool find_out(const RootDirectory& root, const Descriptor& directory, const std::string& name,
              const std::string& path, struct stat& status) {
  if (fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (!S_ISLNK(status.st_mode)) return true;
  try {
    const Descriptor target = root.open(path, O_PATH);
    return target.is_open() && fstat(target.get(), &status) == 0;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

v1::plugin::ArtifactListing LocalRepository::list(const CallContext&,
                                                  const v1::plugin::ArtifactPath& request) {
  v1::plugin::ArtifactListing listing;
  const Descriptor directory = root_.open(request.path(), O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return listing;
  for (const std::string& name : names_in(directory)) {
    if (name.starts_with(kReservedPrefix)) continue;
    const std::string path = join_path(request.path(), name);
    struct stat status {};
    if (!find_out(root_, directory, name, path, status)) continue;
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) continue;
    v1::FileInfo& file = *listing.add_files();
    file.set_path(path);
    file.set_is_dir(S_ISDIR(status.st_mode));
    if (!file.is_dir()) file.set_file_size(status.st_size);
  }
  return listing;
}

std::unique_ptr<ByteSource> LocalRepository::read(const CallContext&,
                                                  const v1::plugin::ArtifactRead& request) {
  auto file = open_file(root_, request.path());
  if (request.offset() == 0 && request.length() == 0) return file;
  const uint64_t size = file->remaining().value_or(0);
  const uint64_t first = std::min(static_cast<uint64_t>(request.offset()), size);
  const uint64_t asked = request.length() == 0 ? size : static_cast<uint64_t>(request.length());
  return part_of(std::move(file), {ByteRange::Kind::kPart, first, std::min(asked, size - first)});
}

std::unique_ptr<ByteSink> LocalRepository::write(const CallContext&,
                                                 const v1::plugin::ArtifactWrite& request) {
  return std::make_unique<FileSink>(root_, request.path());
}

v1::plugin::ArtifactRemoved LocalRepository::remove(const CallContext&,
                                                    const v1::plugin::ArtifactPath& request) {
  if (request.path().empty()) {
    const Descriptor root = root_.open("", O_RDONLY | O_DIRECTORY);
    if (root.is_open()) remove_content(root);
    return {};
  }
  const size_t slash = request.path().rfind('/');
  const Descriptor parent =
      root_.open(slash == std::string::npos ? "" : request.path().substr(0, slash), O_RDONLY | O_DIRECTORY);
  if (parent.is_open()) remove_entry(parent, request.path().substr(slash + 1));
  return {};
}

}  // namespace millrace::artifacts

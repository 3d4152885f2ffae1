#include "plugin/install_root.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/ids.h"
#include "plugin/file_text.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

// Hidden, so that find_manifests() passes it over.
constexpr const char* kScratchPrefix = ".installing-";

Descriptor hold(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) throw_file_error("make the folder", folder, fault.value());
  Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) throw_file_error("open", folder, errno);
  while (flock(descriptor.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_file_error("lock", folder, errno);
  }
  return descriptor;
}

void remove_leftovers(const fs::path& folder) {
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    if (entry.path().filename().string().starts_with(kScratchPrefix)) fs::remove_all(entry.path(), fault);
  }
}

}  // namespace

InstallRoot::InstallRoot(const fs::path& folder)
    : folder_(fs::absolute(folder).lexically_normal()),
      held_(hold(folder_)),
      scratch_(folder_ / (kScratchPrefix + random_token(12))) {
  remove_leftovers(folder_);
  // Only its owner may look in: nothing of it is checked yet.
  fs::create_directory(scratch_);
  fs::permissions(scratch_, fs::perms::owner_all);
}

InstallRoot::~InstallRoot() {
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
}

void InstallRoot::put(const fs::path& prepared, const std::string& name) {
  const fs::path target = folder_ / name;
  // The content has to be on the disk before the name is.
  if (syncfs(held_.get()) != 0) throw_file_error("write to", folder_, errno);
  int result = renameat2(AT_FDCWD, prepared.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE);
  if (result != 0 && errno == ENOENT) result = ::rename(prepared.c_str(), target.c_str());
  if (result != 0) throw_file_error("replace", target, errno);
  sync_folder(folder_);
}

void InstallRoot::take_away(const std::string& name) {
  const fs::path target = folder_ / name;
  if (::rename(target.c_str(), (scratch_ / name).c_str()) != 0) throw_file_error("remove", target, errno);
  sync_folder(folder_);
}

}  // namespace millrace::plugin

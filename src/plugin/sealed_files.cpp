#include "plugin/sealed_files.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "plugin/digest.h"
#include "plugin/file_stamp.h"
#include "plugin/file_text.h"
#include "plugin/lock.h"
#include "plugin/manifest_index.h"
#include "plugin/plugin_files.h"
#include "plugin/verification.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

// What the files look like from outside, and everything else that a verdict on them depends on.
struct Looks {
  bool locked = false;
  bool has_signature = false;
  bool settled = true;  // a later change will show
  std::string state;    // a digest of it all
};

void add(std::string_view text, std::string& bytes) {
  bytes += std::to_string(text.size());
  bytes += ':';
  bytes += text;
}

void add(const FileStamp& stamp, std::string& bytes) {
  for (const auto number : {stamp.device, stamp.inode, stamp.size}) add(std::to_string(number), bytes);
  for (const auto number : {stamp.modified, stamp.changed}) add(std::to_string(number), bytes);
}

Looks look_at(const fs::path& folder, const Policy& policy) {
  Looks looks;
  std::string bytes;
  add(folder.native(), bytes);
  add(policy.require_signature ? "signatures" : "", bytes);
  for (const std::string& key : policy.trusted_keys) add(key, bytes);
  const LockFile locks = read_lock_file(folder.parent_path());
  const auto lock = locks.find(folder.filename().string());
  looks.locked = lock != locks.end();
  add(looks.locked ? lock->second.to_text() : "", bytes);
  looks.has_signature = fs::exists(fs::symlink_status(folder / kSignatureName));
  if (!looks.locked && !looks.has_signature && !policy.require_signature) return looks;
  const int64_t time = unix_nanos();
  for (const PluginFile& file : list_plugin_files(folder)) {
    const auto stamp = stamp_of(folder / file.path);
    if (!stamp) throw_not_found("'" + file.path + "' is missing");
    looks.settled = looks.settled && is_settled(*stamp, time);
    add(file.path, bytes);
    add(file.executable ? "x" : "-", bytes);
    add(*stamp, bytes);
  }
  Sha256 digest;
  digest.add(bytes);
  looks.state = digest.hex();
  return looks;
}

[[noreturn]] void refuse(const std::string& id, const fs::path& folder,
                         const std::vector<std::string>& faults) {
  constexpr size_t kMostTold = 5;
  std::string message = "The plugin '" + id + "' in " + folder.string() + " is refused: ";
  for (size_t i = 0; i < std::min(faults.size(), kMostTold); ++i) message += (i == 0 ? "" : "; ") + faults[i];
  if (faults.size() > kMostTold) message += "; and " + std::to_string(faults.size() - kMostTold) + " more";
  throw Error(ErrorCode::kPermissionDenied, message + ". `millrace plugin verify " + id +
                                                "` tells all; `millrace plugin install` with "
                                                "--force puts it back as it was.");
}

std::optional<fs::path> memory_folder(const Environment& environment) {
  const auto index = manifest_index_file(environment);
  if (!index) return std::nullopt;
  return index->parent_path() / "verified";
}

}  // namespace

SealedFiles::SealedFiles(const Policy& policy, const Environment& environment)
    : policy_(policy), memory_(memory_folder(environment)) {}

void SealedFiles::check(const std::string& id, const fs::path& folder) {
  const std::lock_guard lock(mutex_);
  try {
    const Looks looks = look_at(folder, policy_);
    if (looks.state.empty() || remembers(folder, looks.state)) return;
    ++hashed_;
    const Verification verification = verify_for_use(folder, policy_);
    if (!verification.passed()) refuse(id, folder, verification.faults);
    if (looks.settled) remember(folder, looks.state);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kPermissionDenied) throw;
    refuse(id, folder, {error.what()});
  }
}

bool SealedFiles::remembers(const fs::path& folder, const std::string& state) {
  const auto known = sound_.find(folder);
  if (known != sound_.end() && known->second == state) return true;
  if (!memory_) return false;
  const fs::path file = memory_of(folder);
  // Someone else's memory could vouch for anything.
  if (!is_ours_alone(file)) return false;
  try {
    if (read_text_file(file, 1024) != state) return false;
  } catch (const Error&) {
    return false;  // it is only a memory: everything is hashed instead
  }
  sound_[folder] = state;
  return true;
}

void SealedFiles::remember(const fs::path& folder, const std::string& state) {
  sound_[folder] = state;
  if (!memory_) return;
  try {
    fs::create_directories(*memory_);
    write_cache_file(memory_of(folder), state);
  } catch (const std::exception&) {
    // A home that cannot be written costs time at the next start, no more.
  }
}

fs::path SealedFiles::memory_of(const fs::path& folder) const {
  Sha256 digest;
  digest.add(folder.native());
  return *memory_ / digest.hex().substr(0, 32);
}

bool may_be_sealed(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(folder / kSignatureName, ignored)) ||
         fs::exists(folder.parent_path() / kLockName, ignored);
}

}  // namespace millrace::plugin

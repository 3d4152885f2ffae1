#include "plugin/verification.h"

#include "base/error.h"
#include "plugin/file_text.h"
#include "plugin/lock.h"
#include "plugin/manifest.h"
#include "plugin/signature.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestSignature = 4096;

// Runs a step; a fault that it throws becomes one of the plugin.
template <class Step>
void attempt(Verification& verification, Step step) {
  try {
    step();
  } catch (const Error& fault) {
    verification.faults.emplace_back(fault.what());
  }
}

void compare_with_lock(const PluginLock& actual, Verification& verification) {
  const LockFile locks = read_lock_file(verification.folder.parent_path());
  const auto found = locks.find(verification.folder.filename().string());
  if (found == locks.end()) return;
  verification.locked = true;
  const PluginLock& locked = found->second;
  for (std::string& fault : differences(locked.files, actual.files)) {
    verification.faults.push_back(std::move(fault));
  }
  if (locked.id != actual.id || locked.version != actual.version) {
    verification.faults.push_back("the manifest says " + actual.id + " " + actual.version + ", locked is " +
                                  locked.id + " " + locked.version);
  }
}

void check_signature(const PluginLock& actual, const Policy& policy, Verification& verification) {
  const fs::path file = verification.folder / kSignatureName;
  verification.is_signed = fs::exists(fs::symlink_status(file));
  if (!verification.is_signed) return;
  const Signature signature = parse_signature(read_text_file(file, kLargestSignature), file);
  const std::string content = actual.to_text();
  if (!is_signed_by(signature, content, {signature.public_key})) {
    verification.faults.emplace_back("'plugin.sig' does not sign these files");
  }
  verification.trusted = is_signed_by(signature, content, policy.trusted_keys);
}

void require_signature(const Policy& policy, Verification& verification) {
  if (verification.faults.empty() && !verification.trusted && policy.require_signature) {
    verification.faults.emplace_back(verification.is_signed
                                         ? "the key that signed it is not in 'trusted-keys'"
                                         : "it is not signed, and 'require-signature' is on");
  }
}

void require_a_voucher(Verification& verification) {
  if (verification.faults.empty() && !verification.trusted && !verification.locked) {
    verification.faults.emplace_back("nothing vouches for its files: it is neither in " +
                                     (verification.folder.parent_path() / kLockName).string() +
                                     " nor signed by a trusted key");
  }
}

}  // namespace

Verification verify_for_use(const fs::path& folder, const Policy& policy) {
  Verification verification;
  verification.folder = fs::absolute(folder).lexically_normal();
  verification.id = verification.folder.filename().string();
  PluginLock actual;
  attempt(verification, [&] {
    const Manifest manifest = read_manifest(folder);
    verification.id = actual.id = manifest.id;
    actual.version = manifest.version;
  });
  attempt(verification, [&] { actual.files = hash_files(folder); });
  attempt(verification, [&] { compare_with_lock(actual, verification); });
  attempt(verification, [&] { check_signature(actual, policy, verification); });
  require_signature(policy, verification);
  return verification;
}

Verification verify_plugin(const fs::path& folder, const Policy& policy) {
  Verification verification = verify_for_use(folder, policy);
  require_a_voucher(verification);
  return verification;
}

std::vector<Verification> find_missing_plugins(const fs::path& parent) {
  std::vector<Verification> missing;
  for (const auto& [id, lock] : read_lock_file(parent)) {
    if (fs::exists(parent / id)) continue;
    missing.push_back({id, parent / id, true, false, false, {"the folder is missing"}});
  }
  return missing;
}

}  // namespace millrace::plugin

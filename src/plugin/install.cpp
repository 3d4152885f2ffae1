#include "plugin/install.h"

#include "base/error.h"
#include "plugin/archive.h"
#include "plugin/digest.h"
#include "plugin/download.h"
#include "plugin/file_text.h"
#include "plugin/install_root.h"
#include "plugin/lock.h"
#include "plugin/manifest.h"
#include "plugin/manifest_names.h"
#include "plugin/signature.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestSignature = 4096;

void check_hash(const fs::path& archive, const std::string& expected) {
  if (expected.empty()) return;
  if (!is_sha256(expected)) {
    throw_invalid_parameter("'" + expected + "' is no SHA-256: expected 64 lower-case hexadecimal digits.");
  }
  const std::string actual = sha256_of_file(archive);
  if (actual == expected) return;
  throw_invalid_parameter("'" + archive.string() + "' has the SHA-256 " + actual + ", expected was " +
                          expected + ". Nothing was installed.");
}

void check_policy(const Manifest& manifest, const Policy& policy) {
  if (!policy.allows(manifest.id)) {
    throw Error(ErrorCode::kPermissionDenied,
                "No pattern of 'allow' in [plugins] fits the plugin '" + manifest.id + "'.");
  }
  if (host_speaks(manifest.protocol)) return;
  throw_invalid_parameter("The plugin '" + manifest.id + "' needs plugin protocol " +
                          manifest.protocol.to_string() + ", this host speaks " + kHostProtocol.to_string() +
                          ".");
}

void check_signature(const fs::path& folder, const PluginLock& lock, const Policy& policy,
                     Installed& result) {
  const fs::path file = folder / kSignatureName;
  result.is_signed = fs::exists(file);
  if (result.is_signed) {
    const Signature signature = parse_signature(read_text_file(file, kLargestSignature), file.filename());
    const std::string content = lock.to_text();
    if (!is_signed_by(signature, content, {signature.public_key})) {
      throw_invalid_parameter("The signature in the archive does not sign its files. Nothing was installed.");
    }
    result.trusted = is_signed_by(signature, content, policy.trusted_keys);
  }
  if (!policy.require_signature || result.trusted) return;
  throw Error(ErrorCode::kPermissionDenied,
              "The plugin '" + lock.id +
                  "' is not signed by a key of 'trusted-keys', and 'require-signature' is "
                  "on. Nothing was installed.");
}

std::string version_in(const fs::path& folder) {
  try {
    return read_manifest(folder).version;
  } catch (const Error&) {
    return "of an unknown version";  // What is there is broken, and about to be replaced.
  }
}

void judge_existing(const fs::path& target, const PluginLock& lock, bool force, Installed& result) {
  if (!fs::exists(fs::symlink_status(target))) return;
  result.replaced = version_in(target);
  result.unchanged = result.replaced == lock.version && differences(lock.files, hash_files(target)).empty();
  if (result.unchanged || force) return;
  const std::string what = result.replaced == lock.version ? "with other files" : "as " + result.replaced;
  throw Error(ErrorCode::kResourceAlreadyExists, "The plugin '" + lock.id + "' is installed " + what +
                                                     " in " + target.string() + ". To replace it by " +
                                                     lock.version + " use --force.");
}

void enter_into_lock(const fs::path& root, const PluginLock& lock, bool force) {
  LockFile locks;
  try {
    locks = read_lock_file(root);
  } catch (const Error&) {
    if (!force)
      throw;  // With force a damaged lock is begun anew; the other plugins then count as not locked.
  }
  locks.insert_or_assign(lock.id, lock);
  write_lock_file(root, locks);
}

Installed install_from(const fs::path& archive, InstallRoot& root, const Policy& policy,
                       const InstallOptions& options) {
  const fs::path prepared = root.scratch() / "plugin";
  fs::create_directory(prepared);
  unpack_archive(archive, prepared);
  const Manifest manifest =
      parse_manifest(read_text_file(prepared / kManifestName, kManifestLimit), kManifestName);
  check_policy(manifest, policy);
  const PluginLock lock{manifest.id, manifest.version, hash_files(prepared)};
  Installed result{manifest.id, manifest.version, root.folder() / manifest.id, "", false, false, false};
  check_signature(prepared, lock, policy, result);
  judge_existing(result.folder, lock, options.force, result);
  // A lock that cannot be read has to be noticed before the folder is replaced.
  if (!options.force) read_lock_file(root.folder());
  if (!result.unchanged) root.put(prepared, manifest.id);
  enter_into_lock(root.folder(), lock, options.force);
  return result;
}

}  // namespace

Installed install_archive(const fs::path& archive, const fs::path& root, const Policy& policy,
                          const InstallOptions& options) {
  check_hash(archive, options.sha256);
  InstallRoot held(root);
  return install_from(archive, held, policy, options);
}

Installed install_url(const std::string& url, const fs::path& root, const Policy& policy,
                      const InstallOptions& options) {
  InstallRoot held(root);
  const fs::path archive = held.scratch() / "download";
  download({url, options.sha256}, archive);
  return install_from(archive, held, policy, options);
}

void remove_plugin(const std::string& id, const fs::path& root) {
  if (!is_plugin_id(id)) throw_invalid_parameter("'" + id + "' is no plugin id.");
  if (!fs::exists(fs::symlink_status(root / id))) {
    throw_not_found("The plugin '" + id + "' is not installed in " + root.string() + ".");
  }
  InstallRoot held(root);
  LockFile locks = read_lock_file(held.folder());
  held.take_away(id);
  if (locks.erase(id) > 0) write_lock_file(held.folder(), locks);
}

}  // namespace millrace::plugin

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "plugin/policy.h"

namespace millrace::plugin {

struct InstallOptions {
  std::string sha256;  ///< what the archive has to hash to; may be empty for a file
  bool force = false;  ///< replace another version, or changed files, of the same plugin
};

struct Installed {
  std::string id;
  std::string version;
  std::filesystem::path folder;
  std::string replaced;    ///< version that was there before; empty when none was
  bool unchanged = false;  ///< just these files were installed already
  bool is_signed = false;
  bool trusted = false;  ///< a key of the policy signed it
};

/// Installs an archive into `root` (made when it is not there) as the folder root/<id>, and writes its hashes
/// into root/plugin.lock. Until everything is checked nothing is visible, and the folder then appears, or
/// replaces the older one, at once. Others who install into or remove from the same root wait. Runs nothing
/// of the plugin. Throws INVALID_PARAMETER_VALUE for a wrong hash, a bad archive or manifest, a signature
/// that does not fit and a protocol that this host does not speak; PERMISSION_DENIED when the policy refuses
/// it; RESOURCE_ALREADY_EXISTS when other files of this id are there and `force` is not set.
Installed install_archive(const std::filesystem::path& archive, const std::filesystem::path& root,
                          const Policy& policy, const InstallOptions& options);

/// The same for an https: URL, for which the SHA-256 is mandatory. See download().
Installed install_url(const std::string& url, const std::filesystem::path& root, const Policy& policy,
                      const InstallOptions& options);

/// Removes the plugin from `root` and from its lock; it vanishes at once. Throws RESOURCE_DOES_NOT_EXIST when
/// it is not installed there.
void remove_plugin(const std::string& id, const std::filesystem::path& root);

}  // namespace millrace::plugin

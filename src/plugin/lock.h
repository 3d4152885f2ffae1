#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace millrace::plugin {

/// The file beside plugin folders that says what was installed there.
inline constexpr const char* kLockName = "plugin.lock";

/// The file inside a plugin folder that holds its signature; it is not in the lock.
inline constexpr const char* kSignatureName = "plugin.sig";

/// What the files of one plugin hash to. Its text form, which signatures are made over, is
///
///     plugin <id> <version>
///     <sha256> <'x' if executable, else '-'> <path>     (one line a file, sorted by path)
struct PluginLock {
  struct File {
    std::string sha256;
    bool executable = false;

    bool operator==(const File&) const = default;
  };

  using Files = std::map<std::string, File>;  ///< by path below the plugin's folder

  std::string id;
  std::string version;
  Files files;

  std::string to_text() const;
};

/// Hashes all files of a plugin folder, but for its signature. Throws as list_plugin_files() does.
PluginLock::Files hash_files(const std::filesystem::path& folder);

/// The lock of a plugin folder as it is now. Throws as read_manifest() and list_plugin_files() do.
PluginLock lock_folder(const std::filesystem::path& folder);

/// The locks of the plugins below one folder, by the name of their folder (which is their id where Millrace
/// installed them). A value; the functions below read and write it.
using LockFile = std::map<std::string, PluginLock>;

/// Reads `parent`/plugin.lock. Empty when it is not there. Throws INVALID_PARAMETER_VALUE "file:line: ..."
/// when it is damaged: what it said is not known, and nothing counts as verified.
LockFile read_lock_file(const std::filesystem::path& parent);

/// Replaces `parent`/plugin.lock at once and durably. Callers hold an InstallGuard of the folder.
void write_lock_file(const std::filesystem::path& parent, const LockFile& locks);

/// How the files on the disk differ from those that were locked: "'a/b' was changed", "'c' is missing", "'d'
/// was added". Empty when they do not.
std::vector<std::string> differences(const PluginLock::Files& locked, const PluginLock::Files& actual);

}  // namespace millrace::plugin

#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "plugin/environment.h"
#include "plugin/file_stamp.h"
#include "plugin/manifest.h"

namespace millrace::plugin {

/// Remembers what manifests say between starts, since parsing hundreds takes longer than a start should. Only
/// an optimization: an entry counts while the manifest's stamp is the same; an index that is damaged, of
/// another version or writable by other users counts as empty; one that cannot be written is not. Each writer
/// replaces the whole file at once, so that of several the last one wins. Not synchronized.
class ManifestIndex {
 public:
  /// Remembers nothing.
  ManifestIndex() = default;

  /// Reads the index in `file`, if it is there and sound. Never throws.
  static ManifestIndex read(std::filesystem::path file);

  /// The summary of a manifest of this stamp, or null. Valid until the next call of add().
  const ManifestSummary* find(const std::filesystem::path& manifest, const FileStamp& stamp) const;

  /// Remembers a summary, unless the manifest changed so lately that a change could go unseen.
  void add(const std::filesystem::path& manifest, const FileStamp& stamp, const ManifestSummary& summary);

  /// Writes the index back when something was added. Never throws.
  void save() const;

 private:
  struct Entry {
    FileStamp stamp;
    ManifestSummary summary;
  };

  std::string to_bytes() const;
  void from_bytes(std::string_view bytes);

  std::filesystem::path file_;
  std::map<std::string, Entry> entries_;  ///< by the manifest's path
  bool changed_ = false;
};

/// $XDG_CACHE_HOME/millrace/manifests, or ~/.cache/millrace/manifests. Empty when neither variable is an
/// absolute path.
std::optional<std::filesystem::path> manifest_index_file(const Environment& environment);

}  // namespace millrace::plugin

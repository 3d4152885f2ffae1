#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"

namespace millrace::tracking::files {

/// What the file system says of a file, without opening it.
struct FileState {
  enum class Kind {
    kFile,
    kFolder,
    kOther
  };  ///< links are kOther: nothing below a root is reached through one
  Kind kind = Kind::kOther;
  int64_t size = 0;  ///< bytes
  int64_t inode = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;

  bool is_file() const { return kind == Kind::kFile; }
  bool is_folder() const { return kind == Kind::kFolder; }
  /// Differs when the file does, in all likelihood. 0 for a file that was touched so lately that a further
  /// change might leave no trace in its times: it has to be read again.
  int64_t stamp() const;
};

/// Mixes `next` into `seed`, for stamps of many files.
int64_t mix(int64_t seed, int64_t next);
int64_t mix(int64_t seed, std::string_view next);

/// A folder that is open. Its files are reached through its descriptor and never through symbolic links, so
/// that nothing outside of the root can be read or written, whoever moves what meanwhile. One thread at a
/// time. Faults are Errors that name the path.
class Folder {
 public:
  /// The folder at the root of a tree; links on the way to it are followed.
  static Folder open_root(const std::string& path);

  /// Throws when it is not there or is no folder.
  Folder open(const std::string& name) const;
  /// Nothing when it is not there; throws when it is a link or no folder.
  std::optional<Folder> find(const std::string& name) const;

  struct Entry {
    std::string name;
    bool may_be_folder;  ///< file systems need not tell
  };
  /// Without "." and "..", sorted by name.
  std::vector<Entry> entries() const;

  /// Of the folder itself.
  FileState state() const;
  /// Of a file below it; `path` may have slashes, but then whoever asks has seen that the folders on the way
  /// are no links. Nothing when it is not there.
  std::optional<FileState> state(const std::string& path) const;

  /// The content of a file; throws when it is larger than `limit` bytes, is a link or no plain file.
  std::string read(const std::string& name, int64_t limit) const;
  /// A file for reading.
  Descriptor open_file(const std::string& name) const;

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
  int descriptor() const { return descriptor_.get(); }

 private:
  Folder(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Descriptor descriptor_;
  std::string path_;
};

/// A file that holds the value of a key: a param, a tag, a metric. Slashes in keys are folders.
struct KeyFile {
  std::string key;
  FileState state;
};

/// Told of files that are left out, with a sentence that names them.
using Complain = std::function<void(const std::string& message)>;

/// The files of keys below `folder`, sorted by key. What is neither file nor folder is complained of.
std::vector<KeyFile> key_files(const Folder& folder, const Complain& complain);

/// One stamp for all of them.
int64_t stamp_of(const std::vector<KeyFile>& files);

/// The content of the file of a key below `folder`.
std::string read_key(const Folder& folder, const std::string& key, int64_t limit);
/// Calls `read` with the folder that the file of the key is in and its name there.
void with_key_file(const Folder& folder, const std::string& key,
                   const std::function<void(const Folder& parent, const std::string& name)>& read);

/// Throws the Error for an errno: PERMISSION_DENIED, RESOURCE_EXHAUSTED, TEMPORARILY_UNAVAILABLE, else
/// INTERNAL_ERROR; "Cannot <what>: <why>."
[[noreturn]] void throw_errno(int number, const std::string& what);

}  // namespace millrace::tracking::files

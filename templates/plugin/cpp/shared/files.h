#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/registration.h"

namespace sample_plugin {

/// Files that are on the disk when it is said so. Faults of the system are thrown as the error that a client
/// understands: RESOURCE_EXHAUSTED for a full disk, PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST,
/// INVALID_PARAMETER_VALUE for a name that no file can have or that is in the way, else
/// TEMPORARILY_UNAVAILABLE.
[[noreturn]] void throw_file_error(const std::string& what, int code);

/// The folder that "sample-name:/absolute/folder" names; made when it is not there.
std::filesystem::path folder_of(const std::string& uri);

/// Whether it can be written, as `millrace plugin doctor` shows it.
millrace::v1::plugin::CheckReport check_folder(const std::filesystem::path& folder);

/// Makes a folder and those above it, durably.
void make_folder(const std::filesystem::path& folder);

/// Makes durable which names a folder has.
void sync_folder(const std::filesystem::path& folder);

/// Closes what it holds. Moves, does not copy.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }

 private:
  int number_;
};

/// Opens a file; throws as throw_file_error() does. `flags` as those of open(2).
Descriptor open_file(const std::filesystem::path& path, int flags);

/// Writes all of it at the end of what was written so far.
void write_all(const Descriptor& file, std::string_view bytes);

/// A file that is written under another name and takes its own, in place of an older one, when it is
/// complete. One thread.
class NewFile {
 public:
  /// `folder` is on the same file system as where the file goes.
  explicit NewFile(const std::filesystem::path& folder);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view bytes) { write_all(file_, bytes); }
  /// The file is whole, durable and visible when this returns. Its folder must be there.
  void move_to(const std::filesystem::path& path);

 private:
  std::filesystem::path unfinished_;
  Descriptor file_;
};

/// Bytes of a file from `offset` on: `length` of them, to the end when it is 0.
std::unique_ptr<millrace::ByteSource> read_file(const std::filesystem::path& path, uint64_t offset,
                                                uint64_t length);

}  // namespace sample_plugin

#pragma once

#include <memory>
#include <string>

#include "artifacts/repositories/local/root_directory.h"
#include "base/byte_stream.h"

namespace millrace::artifacts {

/// A file below a root for reading. Throws RESOURCE_DOES_NOT_EXIST when there is none,
/// INVALID_PARAMETER_VALUE when it is a directory.
std::unique_ptr<ByteSource> open_file(const RootDirectory& root, const std::string& path);

/// A file below a root for writing: unnamed until it is committed, then under its name all at once.
class FileSink : public ByteSink {
 public:
  FileSink(const RootDirectory& root, const std::string& path);
  ~FileSink() override;

  void write(std::string_view chunk) override;
  void commit() override;

  /// Appends a whole file, inside the kernel where it can.
  void append_file(int descriptor);

 private:
  void open_temporary();
  void give_temporary_a_name();
  void start_flushing();

  std::string path_;
  std::string name_;      ///< last component of the path
  Descriptor directory_;  ///< where it will stand
  Descriptor file_;
  off_t flushed_ = 0;      ///< bytes that the disk was asked to write
  size_t unflushed_ = 0;   ///< bytes written after them
  std::string temporary_;  ///< name of the temporary in the directory, while it has one
};

}  // namespace millrace::artifacts

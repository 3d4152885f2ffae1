#pragma once

#include <string>

namespace millrace::ttrpc {

/// Owns an open file descriptor; -1 owns none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  int get() const noexcept { return number_; }
  int release() noexcept;
  void close() noexcept;

 private:
  int number_ = -1;
};

/// A stream socket connected to the Unix socket at `path`. Throws TEMPORARILY_UNAVAILABLE when nobody listens
/// there and INVALID_PARAMETER_VALUE when the path does not fit into a socket address (107 bytes).
FileDescriptor connect_unix(const std::string& path);

/// A listening Unix socket at `path`, which only this user may connect to. Throws INVALID_PARAMETER_VALUE as
/// above and INTERNAL_ERROR when something is at that path already or the folder cannot be written.
FileDescriptor listen_unix(const std::string& path);

/// A description of the error number of the last system call.
std::string system_error_text();

}  // namespace millrace::ttrpc

#include "plugin/ttrpc/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace millrace::ttrpc {
namespace {

constexpr int kBacklog = 128;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    throw_invalid_parameter("The socket path '" + path + "' must have 1 to " +
                            std::to_string(sizeof address.sun_path - 1) + " bytes");
  path.copy(address.sun_path, path.size());
  return address;
}

FileDescriptor new_socket() {
  FileDescriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (made.get() < 0)
    throw Error(ErrorCode::kInternalError, "No socket could be made: " + system_error_text());
  return made;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() noexcept {
  return std::exchange(number_, -1);
}

void FileDescriptor::close() noexcept {
  if (number_ >= 0) ::close(release());
}

FileDescriptor connect_unix(const std::string& path) {
  const sockaddr_un address = address_of(path);
  FileDescriptor connected = new_socket();
  if (connect(connected.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "No connection to the socket '" + path + "': " + system_error_text());
  return connected;
}

FileDescriptor listen_unix(const std::string& path) {
  const sockaddr_un address = address_of(path);
  FileDescriptor listening = new_socket();
  // On Linux the file at the path takes over the mode that the socket has before it is bound.
  const bool listens =
      fchmod(listening.get(), S_IRUSR | S_IWUSR) == 0 &&
      bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      listen(listening.get(), kBacklog) == 0;
  if (!listens)
    throw Error(ErrorCode::kInternalError,
                "Cannot listen on the socket '" + path + "': " + system_error_text());
  return listening;
}

std::string system_error_text() {
  return std::generic_category().message(errno);
}

}  // namespace millrace::ttrpc

// Serves a built-in store or repository, whole or with a defect, in a process of its own, which can be
// killed, limited and measured. Usage: conformance_subject KIND FOLDER SOCKET [CHECK]; CHECK names the check
// that is to find a defect.

#include <grp.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "conformance/testing/built_in.h"
#include "conformance/testing/serve.h"

using namespace millrace;
using namespace millrace::conformance::testing;

namespace {

constexpr uid_t kNobody = 65534;

// Permissions do not bind root.
void drop_privileges() {
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 && setuid(kNobody) == 0) return;
  throw Error(ErrorCode::kInternalError, "cannot drop the privileges of root");
}

// The parent holds the other end; when that closes, it is gone or done.
void end_with_the_parent() {
  std::thread([] {
    char ignored = 0;
    while (read(STDIN_FILENO, &ignored, 1) > 0) {
    }
    _exit(0);
  }).detach();
}

template <typename Functions>
[[noreturn]] void serve(Functions& functions, const std::string& socket) {
  Server server(socket);
  const Handlers handlers = handlers_of(functions);
  std::cout << "ready" << std::endl;
  server.serve(handlers);
}

int run(const std::string& kind, const std::string& folder, const std::string& socket,
        const std::string& check) {
  drop_privileges();
  end_with_the_parent();
  if (kind == "tracking_store") serve(*open_store_with_defect(folder, check), socket);
  if (kind == "remote_tracking_store") serve(*serve_remote_store(folder), socket);
  if (kind == "remote_registry_store") serve(*serve_remote_registry(folder), socket);
  if (kind == "file_tracking_store") serve(*serve_file_store(folder), socket);
  if (kind == "file_registry_store") serve(*serve_file_registry(folder), socket);
  if (kind == "registry_store") serve(*open_registry_with_defect(folder, check), socket);
  if (kind == "artifact_repository") serve(*open_repository_with_defect(folder, check), socket);
  throw_invalid_parameter("there is no kind '" + kind + "'");
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  // A write past the limit of a file's size is then an error instead of the end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(words[1], words[2], words[3], count > 4 ? words[4] : "");
  } catch (const Error& fault) {
    std::cout << "fault " << static_cast<int>(fault.code()) << " " << fault.what() << std::endl;
  } catch (const std::exception& fault) {
    std::cout << "fault 0 " << fault.what() << std::endl;
  }
  return 1;
}

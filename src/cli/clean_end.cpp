#include "cli/clean_end.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <iostream>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "conformance/hosted/descendants.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

// Paths of sockets must not be longer than 107 bytes, and {folder} stands in URIs, where signs have a
// meaning.
constexpr size_t kLongestRoot = 40;
constexpr const char* kPlainSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";

fs::path make_folder() {
  std::string root = fs::temp_directory_path().string();
  if (root.size() > kLongestRoot || root.find_first_not_of(kPlainSigns) != std::string::npos) root = "/tmp";
  std::string form = (fs::path(root) / "millrace-test-XXXXXX").string();
  if (mkdtemp(form.data()) == nullptr)
    throw Error(ErrorCode::kInternalError, "No folder for the test can be made below " + root + ".");
  return form;
}

// Folders in it may have lost their permissions to a check that was interrupted.
void remove_folder(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code unchanged;
    if (entry->is_directory(unchanged)) fs::permissions(entry->path(), fs::perms::owner_all, unchanged);
  }
  fs::remove_all(folder, ignored);
}

sigset_t ends() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

CleanEnd::CleanEnd() : folder_(make_folder()) {
  setenv("TMPDIR", folder_.c_str(), 1);
  const sigset_t signals = ends();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([this, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    exit(128 + signal);
  }).detach();
}

// The destructors of what threads may still use, and of static objects, are left out.
void CleanEnd::exit(int status) const {
  static std::mutex first;
  first.lock();
  std::cout.flush();
  // Threads that still run find nothing any more to put things into.
  const fs::path doomed = folder_.string() + "-end";
  std::error_code fault;
  fs::rename(folder_, doomed, fault);
  conformance::end_descendants();
  remove_folder(fault ? folder_ : doomed);
  std::_Exit(status);
}

}  // namespace millrace::cli

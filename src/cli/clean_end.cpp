#include "cli/clean_end.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
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

// Where the folder was, a file stands from one moment to the next: threads that still run can neither put
// anything there nor make the folder anew. The path that the folder has now.
fs::path set_aside(const fs::path& folder) {
  const fs::path aside = folder.string() + "-end";
  const bool placed = std::ofstream(aside).is_open();
  if (placed && renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, aside.c_str(), RENAME_EXCHANGE) == 0)
    return aside;
  std::error_code ignored;
  fs::remove(aside, ignored);
  return folder;
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
  const fs::path aside = set_aside(folder_);
  conformance::end_descendants();
  remove_folder(aside);
  std::error_code ignored;
  fs::remove(folder_, ignored);
  std::_Exit(status);
}

}  // namespace millrace::cli

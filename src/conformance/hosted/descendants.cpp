#include "conformance/hosted/descendants.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace millrace::conformance {
namespace {

namespace fs = std::filesystem;

// Behind the program's name, which may hold anything, stands one letter for the state.
bool is_running(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(") ");
  return name_end != std::string::npos && name_end + 2 < line.size() && line[name_end + 2] != 'Z';
}

// A child belongs to the thread that started it.
std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (fs::directory_iterator task("/proc/" + std::to_string(process) + "/task", gone), end;
       !gone && task != end; task.increment(gone)) {
    std::ifstream file(task->path() / "children");
    for (pid_t child = 0; file >> child;) children.push_back(child);
  }
  return children;
}

void collect(pid_t process, std::vector<pid_t>& found) {
  for (const pid_t child : children_of(process)) {
    if (is_running(child)) found.push_back(child);
    collect(child, found);
  }
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t process) {
  std::vector<pid_t> found;
  collect(process, found);
  return found;
}

void end_descendants() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (std::vector<pid_t> left = descendants_of(getpid());
       !left.empty() && std::chrono::steady_clock::now() < end; left = descendants_of(getpid())) {
    for (const pid_t process : left) ::kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace millrace::conformance

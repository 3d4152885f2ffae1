#include "plugin/host/library_probe.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "millrace/plugin_abi.h"
#include "plugin/host/child_log_line.h"
#include "plugin/host/spawn.h"

namespace millrace::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kVariable = "MILLRACE_PROBED_LIBRARY";
// How a probe ends that found nothing fatal; a library that ends the process itself says something else.
constexpr int kLoaded = 93;
constexpr size_t kLongestWords = 2000;

void ignore_log(void*, int32_t, millrace_text) noexcept {}

void load_and_enter(const char* file) {
  void* library = dlopen(file, library_load_flags());
  if (library == nullptr) return;
  const auto entry = reinterpret_cast<millrace_plugin_entry>(dlsym(library, MILLRACE_PLUGIN_ENTRY_SYMBOL));
  if (entry == nullptr) return;
  static millrace_host host{sizeof(millrace_host), nullptr, ignore_log};
  entry(&host);
}

// Runs before main() in a process that probe_library() started, and ends it: so every program that can load
// plugins can be its own probe, whatever its main() does with arguments.
[[gnu::constructor(101)]] void be_the_probe() {
  const char* asked = std::getenv(kVariable.data());
  if (asked == nullptr) return;
  const std::string file = asked;
  unsetenv(kVariable.data());  // what the library starts is no probe
  load_and_enter(file.c_str());
  _exit(kLoaded);
}

std::vector<std::string> environment_of_probe(const std::filesystem::path& file) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  variables.push_back(std::string(kVariable) + "=" + file.string());
  return variables;
}

// A probe at work; it and what it started are gone when this is.
class Probe {
 public:
  explicit Probe(const std::filesystem::path& file) {
    Pipe words = make_pipe();
    const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    process_ = spawn({"/proc/self/exe",
                      {"millrace-probe"},
                      environment_of_probe(file),
                      "",
                      nothing.get(),
                      nothing.get(),
                      words.write.get()});
    if (process_.fault != 0)
      throw Error(ErrorCode::kInternalError, std::string("No process can be started to try a plugin in: ") +
                                                 std::strerror(process_.fault));
    words_ = std::move(words.read);
    fcntl(words_.get(), F_SETFL, O_NONBLOCK);
  }
  ~Probe() {
    ::kill(-process_.pid, SIGKILL);
    if (!reaped_) waitpid(process_.pid, nullptr, 0);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// What waitpid() tells of its end; empty when it has not ended by then.
  std::optional<int> wait(Clock::time_point end) {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
      pollfd ready[] = {{process_.ending.get(), POLLIN, 0}, {words_.get(), POLLIN, 0}};
      const int count = left <= 0 ? 0 : ::poll(ready, 2, static_cast<int>(left));
      if (count == 0) return std::nullopt;
      if (ready[1].revents != 0) listen();
      if (ready[0].revents != 0) break;
    }
    int status = 0;
    waitpid(process_.pid, &status, 0);
    reaped_ = true;
    return status;
  }

  std::string words() {
    listen();
    return said_.empty() ? "" : " It said: " + harmless_text(said_);
  }

 private:
  void listen() {
    char buffer[1024];
    ssize_t count = 0;
    while (words_.is_open() && (count = ::read(words_.get(), buffer, sizeof buffer)) > 0) {
      if (said_.size() < kLongestWords) said_.append(buffer, static_cast<size_t>(count));
    }
    if (count == 0) words_ = Descriptor();
  }

  Spawned process_;
  Descriptor words_;  // its standard error
  std::string said_;
  bool reaped_ = false;
};

[[noreturn]] void refuse(const std::string& id, const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorCode::kInvalidState, "The plugin '" + id + "' was not loaded from " + file.string() +
                                            ": a process in which that was tried " + why);
}

}  // namespace

int library_load_flags() {
  // An address sanitizer's own functions must come first, which deep binding prevents.
#ifdef MILLRACE_SANITIZED
  return RTLD_NOW | RTLD_LOCAL;
#else
  // Libraries that the plugin brings count before those of the same name that are here.
  return RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif
}

void probe_library(const std::string& plugin_id, const std::filesystem::path& file,
                   std::chrono::milliseconds limit) {
  Probe probe(file);
  const auto status = probe.wait(Clock::now() + limit);
  if (!status)
    refuse(plugin_id, file, "was not done after " + std::to_string(limit.count()) + " ms." + probe.words());
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == kLoaded) return;
  refuse(plugin_id, file, how_it_ended(*status) + "." + probe.words());
}

}  // namespace millrace::plugin

// The program of a plugin that runs as a child process: handshake, then ttrpc on a Unix socket until the host
// goes away. See docs/plugins/protocol.md.

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include "child_service.h"
#include "plugin/ttrpc/server.h"

namespace millrace::sdk {
namespace {

constexpr const char* kMagic = "c3a1f0d2-millrace-plugin";

// Lines as JSON objects on standard error, which the host takes apart.
class ErrorLog : public PluginLog {
 public:
  void write(PluginLogLevel level, std::string_view message) override {
    static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
    std::string line = "{\"level\":\"" + std::string(kNames[static_cast<int>(level)]) + "\",\"message\":\"";
    for (const char c : message) append_escaped(c, line);
    line += "\"}\n";
    // One write a line, so that lines of several threads do not mix.
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    static_cast<void>(written);
  }

 private:
  static void append_escaped(char c, std::string& line) {
    if (c == '"' || c == '\\') line += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      line += c;
    } else {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      line += code;
    }
  }
};

bool started_by_host() {
  const char* magic = std::getenv("MILLRACE_PLUGIN_MAGIC");
  return magic != nullptr && std::string_view(magic) == kMagic &&
         std::getenv("MILLRACE_PLUGIN_SOCKET") != nullptr;
}

// The majors that the host speaks are a list like "1,2".
bool host_speaks_ours() {
  const char* majors = std::getenv("MILLRACE_PLUGIN_PROTOCOLS");
  return majors != nullptr && ("," + std::string(majors) + ",").find(",1,") != std::string::npos;
}

// What calls have to finish when the host is gone; one that hangs does not keep the plugin alive for nobody.
constexpr std::chrono::seconds kGraceWithoutHost{5};

// Ends the server when the host is gone (end of standard input) or asks (SIGTERM, blocked in all threads).
void watch_host(ttrpc::Server& server) {
  std::thread([&server] {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
    server.stop();
    std::this_thread::sleep_for(kGraceWithoutHost);
    _exit(1);
  }).detach();
  std::thread([&server] {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    int received = 0;
    sigwait(&signals, &received);
    server.stop();
  }).detach();
}

// A heap for every thread that answers calls holds what each of them once needed, which the host's limit of
// memory counts.
void share_heaps() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 2);
#endif
}

int serve() {
  share_heaps();
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto log = std::make_shared<ErrorLog>();
  Runtime runtime(log);
  ChildServices services(runtime);
  const std::string path = std::getenv("MILLRACE_PLUGIN_SOCKET");
  ttrpc::ServerOptions options;
  options.on_fault = [&log](const std::string& message) { log->warning(message); };
  ttrpc::Server server(path, options);
  services.add_to(server);
  watch_host(server);
  std::cout << "millrace-plugin 1.0 ttrpc unix:" << path << std::endl;
  server.serve();
  return 0;
}

}  // namespace
}  // namespace millrace::sdk

int main() {
  if (!millrace::sdk::started_by_host()) {
    std::cerr << "This is a plugin of Millrace, which starts it by itself. Put its folder, with plugin.toml, "
                 "into a\n"
                 "folder of the search path; `millrace plugin list` shows what is found.\n";
    return 2;
  }
  if (!millrace::sdk::host_speaks_ours()) {
    std::cerr << "This plugin speaks protocol 1, the host speaks " << std::getenv("MILLRACE_PLUGIN_PROTOCOLS")
              << ".\n";
    return 3;
  }
  try {
    // The threads that watch the host use what serve() owns, so the process ends without unwinding.
    std::quick_exit(millrace::sdk::serve());
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
  } catch (...) {
    std::cerr << "The plugin's registration threw something that is no std::exception.\n";
  }
  std::quick_exit(1);
}

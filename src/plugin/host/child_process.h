#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "base/log.h"
#include "plugin/manifest.h"

namespace millrace::plugin {

/// A plugin's process from its start to its end: its private folder with the socket, the handshake, its lines
/// carried into our log under its name, its memory watched. One thread of ours follows it. Any thread.
class ChildProcess {
 public:
  /// Starts the plugin and returns after its handshake. Throws TEMPORARILY_UNAVAILABLE, with what the plugin
  /// said, when it cannot be started, ends, or says nothing sound within its start time-out; INVALID_STATE
  /// when it speaks another major of the protocol.
  ChildProcess(const Manifest& manifest, Log& log);
  /// Ends the process: asks, waits for `kStopGrace` or what hurry() said, then kills it and what it started.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  const std::string& socket_path() const { return socket_path_; }
  /// Sends SIGKILL and returns when the process is gone.
  void kill() noexcept;

  pid_t pid() const { return pid_; }
  bool running() const;
  /// How it ended: "was killed by signal 9", ...; empty while it runs.
  std::string end_reason() const;
  int64_t resident_bytes() const;
  /// Gives the process this long to end when it is asked to.
  void hurry(std::chrono::milliseconds grace) { grace_ = grace; }

  static constexpr std::chrono::seconds kStopGrace{5};

 private:
  void start(const Manifest& manifest);
  std::string read_handshake(std::chrono::steady_clock::time_point end);
  void check_handshake(const std::string& line);
  void follow();
  bool carry(Descriptor& pipe, std::string& rest);
  void log_line(std::string_view line);
  void watch_memory();
  void stop() noexcept;

  const std::string id_;
  const std::optional<uint64_t> memory_limit_;  // bytes
  Log& log_;
  std::filesystem::path folder_;
  std::string socket_path_;
  Descriptor input_;   // its standard input: closing it tells that we are gone
  Descriptor output_;  // its standard output
  Descriptor errors_;  // its standard error
  Descriptor end_;     // readable when the process ended
  pid_t pid_ = -1;
  std::string output_rest_;
  std::string errors_rest_;
  std::string recent_;                // the last lines, for the message of a start that fails
  std::atomic<bool> running_{false};  // until the follower knows how it ended
  std::atomic<int> end_status_{0};
  std::atomic<std::chrono::milliseconds> grace_{kStopGrace};
  std::atomic<bool> over_memory_{false};
  std::thread follower_;
};

}  // namespace millrace::plugin

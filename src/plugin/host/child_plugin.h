#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "plugin/channel.h"
#include "plugin/host/call_statistics.h"
#include "plugin/host/child_process.h"
#include "plugin/host/opening.h"
#include "plugin/manifest.h"
#include "plugin/ttrpc/client.h"

namespace millrace::plugin {

/// A process of the plugin and the connections to it. Calls share one connection; each stream has one of its
/// own, so that a slow client of ours holds up nobody and a stream is given up by closing it.
class ChildSession {
 public:
  ChildSession(const Manifest& manifest, Log& log);

  ttrpc::Client& client() { return client_; }
  std::unique_ptr<ttrpc::Client> connect() const;
  bool usable() const { return process_.running() && client_.usable(); }
  const ChildProcess& process() const { return process_; }
  void kill() noexcept { process_.kill(); }

  /// It opened an instance, so the plugin can work here.
  void note_served() { served_ = true; }
  bool served() const { return served_; }
  /// Nobody waits for what it may still be doing: it is ended quickly.
  void give_up() { process_.hurry(kLastMoment); }

 private:
  static constexpr std::chrono::milliseconds kLastMoment{100};

  ChildProcess process_;
  ttrpc::Client client_;
  std::atomic<bool> served_{false};
};

struct PluginHealth {
  std::string id;
  bool running = false;
  bool in_process = false;  ///< in our own process: it has neither starts nor memory of its own
  int64_t pid = 0;          ///< 0 when there is no process
  int64_t starts = 0;       ///< since the server's start
  int64_t resident_bytes = 0;
  std::string fault;  ///< why it does not run; empty when it runs or was not needed yet
  CallCounts calls;
};

/// A plugin in a child process: started when first needed, started again when it ended, at once the first
/// time and then with growing pauses in which calls fail fast. The pauses of one that has served stay short:
/// it was ended by an accident, and people wait for it. Any thread.
class ChildPlugin : public std::enable_shared_from_this<ChildPlugin> {
 public:
  /// `admit` is called before each start of the process and throws when the plugin must not be run.
  ChildPlugin(
      Manifest manifest, Log& log, std::function<void(const Manifest&)> admit = [](const Manifest&) {})
      : manifest_(std::move(manifest)), log_(log), admit_(std::move(admit)) {}

  /// A channel to an instance, which is opened now and again after each restart. Throws what the plugin
  /// answers, TEMPORARILY_UNAVAILABLE when it does not run.
  std::shared_ptr<Channel> open(const Opening& opening);

  /// The running process, which is started if need be. Throws TEMPORARILY_UNAVAILABLE while it cannot be had.
  std::shared_ptr<ChildSession> session();

  /// Ends the process; it is not started again.
  void stop();

  /// Ends the process with SIGKILL and returns when it is gone; it is not started again.
  void kill();

  /// Of the process that runs, if one does.
  std::optional<pid_t> process_id() const;

  PluginHealth health() const;
  const Manifest& manifest() const { return manifest_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::shared_ptr<ChildSession> running_session();
  std::shared_ptr<ChildSession> take_dead_session();
  void note_end(ChildSession& session);
  void note_failed_start(const Error& error);
  void refuse_while_pausing() const;
  std::shared_ptr<ChildSession> start();

  const Manifest manifest_;
  Log& log_;
  const std::function<void(const Manifest&)> admit_;
  std::mutex start_mutex_;  // held while the process is started, which may take long; before mutex_
  mutable std::mutex mutex_;
  std::shared_ptr<ChildSession> session_;
  bool stopped_ = false;
  int64_t starts_ = 0;
  int failures_ = 0;  // ends and failed starts without a good while between them
  Clock::time_point started_;
  Clock::time_point next_start_;
  std::string fault_;
};

}  // namespace millrace::plugin

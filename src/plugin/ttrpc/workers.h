#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/server_task.h"

namespace millrace::ttrpc {

/// The threads of a server and what waits for them. Its one rule: of all threads, one at least runs no
/// handler, so that there is always one that reads. Any thread.
class Workers {
 public:
  /// `work` is what a thread does, from its start to its end. The thread that calls serve() counts as the
  /// first.
  Workers(const ServerOptions& options, std::function<void()> work);
  ~Workers();

  /// Gives the task back when the calling thread is to run it now; it calls done() after that. Otherwise the
  /// task waits, or was refused because too many wait.
  std::unique_ptr<ServerTask> admit(std::unique_ptr<ServerTask> task);
  /// A task that waited and that the calling thread is to run now, or null.
  std::unique_ptr<ServerTask> next_waiting();
  void done();

  /// Connections that some thread has to read from without waiting for their sockets.
  void add_readable(std::shared_ptr<ServerConnection> connection);
  std::shared_ptr<ServerConnection> next_readable();

  /// Waits for all threads but the calling one; no more are started.
  void join();

 private:
  bool begin();

  const ServerOptions& options_;
  const std::function<void()> work_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  size_t running_ = 0;
  bool joining_ = false;
  std::deque<std::unique_ptr<ServerTask>> waiting_;
  size_t waiting_bytes_ = 0;
  std::deque<std::shared_ptr<ServerConnection>> readable_;
};

}  // namespace millrace::ttrpc

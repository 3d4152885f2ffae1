#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/server_connection.h"
#include "plugin/ttrpc/workers.h"

namespace millrace::ttrpc {

/// What stands behind Server: the listening socket, the connections, and what each thread does. All threads
/// wait on one epoll set, in which a connection is armed for one event at a time; the thread that gets it
/// owns the reading of that connection until it arms it again.
class ServerCore final : public ConnectionOwner {
 public:
  ServerCore(FileDescriptor listening, ServerOptions options);

  void add_service(const std::string& name, Service& service);
  void serve();
  void stop() noexcept;

  const ServerOptions& options() const override { return options_; }
  Service* find_service(std::string_view name) const override;
  bool stopping() const noexcept override { return stopping_; }
  void paused() noexcept override;
  void resumed(std::shared_ptr<ServerConnection> connection) noexcept override;

 private:
  using Connections = std::unordered_map<ServerConnection*, std::shared_ptr<ServerConnection>>;

  void work();
  bool finished();
  bool do_waiting_work();
  void wait_for_event();
  int wait_limit();
  void wake() noexcept;
  void accept_connections();
  void add(FileDescriptor socket);
  void read(const std::shared_ptr<ServerConnection>& connection);
  void hand_on(const std::shared_ptr<ServerConnection>& connection, ServerConnection::Next next);
  void watch(int operation, int descriptor, uint32_t events, void* mark);
  void remove(const ServerConnection& connection);
  Connections connections();
  void look_after_time();
  void begin_to_stop();

  ServerOptions options_;
  FileDescriptor listening_;
  FileDescriptor epoll_;
  FileDescriptor wake_;  ///< An eventfd that lets one waiting thread go for each that is written.
  std::map<std::string, Service*, std::less<>> services_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> paused_ = 0;  ///< Connections that are not read because a stream is full.
  std::mutex mutex_;
  Connections connections_;
  std::optional<Clock::time_point> stop_at_;  ///< When calls in flight are cancelled.
  Workers workers_;
};

}  // namespace millrace::ttrpc

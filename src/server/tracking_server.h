#pragma once

#include <memory>

#include "base/log.h"
#include "server/settings.h"

namespace millrace::server {

/// The whole server: store, services, application and listener, made from settings and wired together.
class TrackingServer {
 public:
  /// Opens the database and binds the port. Throws Error when one of them cannot be had.
  TrackingServer(const Settings& settings, Log& log);
  ~TrackingServer();

  void start();
  /// Finishes what is in flight and gives webhooks five seconds, then returns.
  void stop();
  uint16_t port() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::server

#pragma once

#include "base/log.h"
#include "server/http/message.h"
#include "server/metrics.h"

namespace millrace::server {

/// Tells the log and the metrics of each finished request. Any thread.
class AccessLog : public http::Observer {
 public:
  AccessLog(Log& log, Metrics& metrics, bool log_requests)
      : log_(log), metrics_(metrics), log_requests_(log_requests) {}
  void completed(const http::Completed& completed) noexcept override;

 private:
  void write(const http::Completed& completed);

  Log& log_;
  Metrics& metrics_;
  bool log_requests_;
};

}  // namespace millrace::server

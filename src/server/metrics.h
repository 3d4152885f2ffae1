#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/http/message.h"
#include "wire/operation.h"

namespace millrace::server {

/// What was counted of one operation, or of "-": all that is none.
struct OperationCounts {
  std::string name;
  int64_t succeeded = 0;      ///< answers of 100 to 399
  int64_t client_errors = 0;  ///< answers of 400 to 499
  int64_t server_errors = 0;  ///< answers of 500 and above
  double seconds = 0;         ///< that all requests took
  std::vector<int64_t>
      durations;  ///< requests of each class of duration_bounds(), and one more of slower ones
};

/// Bytes of bodies.
struct TrafficCounts {
  int64_t received = 0;
  int64_t sent = 0;
};

/// What the server counts, in Prometheus' text format. Any thread.
class Metrics {
 public:
  explicit Metrics(const std::vector<wire::Operation>& operations);
  ~Metrics();

  /// Counts a finished request and its time.
  void count(const http::Completed& completed);

  /// Adds a value that is read when /metrics is asked for. Not after the first request.
  void add_gauge(const std::string& name, const std::string& help, std::function<double()> read);

  /// Adds text of the same format, made when /metrics is asked for. Not after the first request.
  void add_text(std::function<std::string()> read);

  std::string text();

  /// Of the operations that were asked for, the most asked first.
  std::vector<OperationCounts> operations() const;
  /// Upper ends of the classes in which times of requests are counted, in seconds.
  static std::vector<double> duration_bounds();
  TrafficCounts traffic() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::server

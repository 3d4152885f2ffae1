#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/http/message.h"
#include "wire/operation.h"

namespace millrace::server {

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

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::server

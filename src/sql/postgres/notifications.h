#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace millrace::sql::postgres {

/// Messages among all who are connected to one PostgreSQL database, by its LISTEN and NOTIFY, on a connection
/// of its own. A message reaches whoever listens at the moment that it is sent, once and in order, or nobody:
/// it is no place to keep what may not be lost. One thread at a time.
///
/// All functions throw TEMPORARILY_UNAVAILABLE when the connection breaks, after which this is of no use, and
/// another Error where the database cannot do it: one that only speaks its protocol, or one that is
/// read-only. No message has the password.
class Notifications {
 public:
  static constexpr size_t kLongestMessage = 7999;  ///< bytes

  /// Connects to the database of the URI (see parse_uri()) and listens on the channel, a plain lower-case
  /// word.
  Notifications(const std::string& uri, const std::string& channel);
  ~Notifications();

  /// A text without characters of code 0.
  void send(const std::string& message);

  /// What others have sent; waits until there is something, `wake` can be read or `time` has passed.
  std::vector<std::string> wait(int wake, std::chrono::milliseconds time);

 private:
  class Line;
  std::unique_ptr<Line> line_;
  const std::string channel_;
};

}  // namespace millrace::sql::postgres

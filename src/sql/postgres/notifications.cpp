#include "sql/postgres/notifications.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>

#include "base/error.h"
#include "sql/postgres/faults.h"
#include "sql/postgres/postgres_session.h"
#include "sql/postgres/uri.h"
#include "sql/server_uri.h"

namespace millrace::sql::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{10'000};

struct FreeNotify {
  void operator()(PGnotify* notify) const { PQfreemem(notify); }
};
using Notify = std::unique_ptr<PGnotify, FreeNotify>;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::string text_of(const Result& result, int field) {
  const char* text = PQresultErrorField(result.get(), field);
  return text == nullptr ? "" : text;
}

int milliseconds_until(steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

}  // namespace

class Notifications::Line {
 public:
  explicit Line(const Target& target) : target_(target), connection_(open_connection(target)) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw refusal_of(connection_.get(), target);
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
  }

  // Does not wait longer than its patience for a server that is gone without a word.
  void run(const char* sql, const std::vector<const char*>& values) {
    const auto deadline = steady_clock::now() + kPatience;
    if (PQsendQueryParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr, values.data(),
                          nullptr, nullptr, 0) != 1)
      lose();
    while (PQisBusy(connection_.get()) == 1) {
      pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
      if (poll(&socket, 1, milliseconds_until(deadline)) == 0) lose();
      read();
    }
    Result result;
    while (Result next{PQgetResult(connection_.get())}) result = std::move(next);
    if (PQstatus(connection_.get()) != CONNECTION_OK) lose();
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    throw Error(fault_of(text_of(result, PG_DIAG_SQLSTATE), text_of(result, PG_DIAG_MESSAGE_PRIMARY)));
  }

  void wait(int wake, milliseconds time) {
    std::array<pollfd, 2> both{{{PQsocket(connection_.get()), POLLIN, 0}, {wake, POLLIN, 0}}};
    poll(both.data(), both.size(), static_cast<int>(time.count()));
    if (both[0].revents != 0) read();
  }

  Notify next() { return Notify(PQnotifies(connection_.get())); }
  bool is_own(const PGnotify& notify) const { return notify.be_pid == PQbackendPID(connection_.get()); }

 private:
  void read() {
    if (PQconsumeInput(connection_.get()) != 1) lose();
  }

  [[noreturn]] void lose() const {
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "The connection to the database broke. (" +
                    without_secrets(PQerrorMessage(connection_.get()), target_.secrets) + ")");
  }

  const Target target_;
  const std::unique_ptr<PGconn, Finish> connection_;
};

// What is sent holds up nobody: it may be lost with the server's memory, as messages are anyway.
Notifications::Notifications(const std::string& uri, const std::string& channel)
    : line_(std::make_unique<Line>(parse_uri(uri))), channel_(channel) {
  line_->run("SET synchronous_commit = off", {});
  line_->run(("LISTEN " + channel).c_str(), {});
}

Notifications::~Notifications() = default;

void Notifications::send(const std::string& message) {
  line_->run("SELECT pg_notify($1, $2)", {channel_.c_str(), message.c_str()});
}

std::vector<std::string> Notifications::wait(int wake, milliseconds time) {
  std::vector<std::string> messages;
  const auto take = [&] {
    while (const Notify notify = line_->next()) {
      if (!line_->is_own(*notify)) messages.emplace_back(notify->extra);
    }
  };
  take();  // those that came while something was sent
  if (!messages.empty()) return messages;
  line_->wait(wake, time);
  take();
  return messages;
}

}  // namespace millrace::sql::postgres

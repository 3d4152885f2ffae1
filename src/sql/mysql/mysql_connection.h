#pragma once

#include <optional>

#include "sql/mysql/dialect.h"
#include "sql/mysql/mysql_session.h"
#include "sql/remote.h"
#include "sql/translations.h"

namespace millrace::sql::mysql {

/// The driver of MariaDB and MySQL; see RemoteConnection. Values are written into the statements (values.h),
/// which takes one journey for any number of them and leaves nothing prepared in the server. Statements
/// without rows of interest wait for the next with rows or for the commit, so that a transaction takes as
/// many journeys as it has reads, and one for its commit. Transactions that read see one snapshot, those that
/// write are READ COMMITTED.
class MysqlConnection : public RemoteConnection {
 public:
  /// Connects; throws as Session does.
  explicit MysqlConnection(Target target, Session::Patience patience = Session::Patience::kUsual);

  std::unique_ptr<RemoteStatement> prepare(std::string_view sql) override;
  void execute(const std::string& script) override;
  void begin_read() override;
  void begin_write() override;
  void commit() override;
  void rollback() noexcept override;
  int64_t total_changes() const override { return total_changes_; }
  int64_t changes() override;
  bool run_within(std::chrono::milliseconds time, const std::function<void()>& action) override;
  void restore() override;
  /// Error number of the last fault that was thrown.
  unsigned last_error() const { return session_->last_error(); }

 private:
  friend class MysqlStatement;
  void begin(const char* isolation, const char* sql);
  void send(const Template& text, const std::string& sql);
  Outcome finish();

  const Target target_;
  const Session::Patience patience_;
  std::unique_ptr<Session> session_;
  Translations<Template> texts_;
  const char* isolation_ = "";
  std::optional<int64_t> last_changes_;
  int64_t total_changes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> budget_;
};

}  // namespace millrace::sql::mysql

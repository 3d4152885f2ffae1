#pragma once

#include <memory>
#include <optional>

#include "sql/mssql/dialect.h"
#include "sql/odbc/session.h"
#include "sql/remote.h"
#include "sql/translations.h"

namespace millrace::sql::mssql {

/// What the database says of itself.
struct Traits {
  bool utf8 = false;       ///< VARCHAR has all of Unicode
  bool snapshots = false;  ///< reads may see one snapshot without holding locks
};

/// The driver of SQL Server; see RemoteConnection. Each statement is a journey with its values beside it,
/// which leaves nothing prepared in the server but the plan that it keeps for the text. Transactions that
/// read see one snapshot where the database allows it (ALLOW_SNAPSHOT_ISOLATION), else what is committed when
/// each statement runs; those that write are READ COMMITTED.
class MssqlConnection : public RemoteConnection {
 public:
  enum class Patience {
    kUsual,
    kEndless,  ///< no time-out, for what takes as long as there are rows
  };
  /// Connects; throws as odbc::Session does, and INVALID_STATE for a server that is too old.
  explicit MssqlConnection(odbc::Target target, Patience patience = Patience::kUsual);

  std::unique_ptr<RemoteStatement> prepare(std::string_view sql) override;
  void execute(const std::string& script) override;
  void begin_read() override;
  void begin_write() override;
  void commit() override;
  void rollback() noexcept override;
  int64_t total_changes() const override { return total_changes_; }
  int64_t changes() override { return last_changes_; }
  bool run_within(std::chrono::milliseconds time, const std::function<void()>& action) override;
  void restore() override;

  const Traits& traits() const { return traits_; }

 private:
  friend class MssqlStatement;
  void settle();
  void begin(const char* isolation);
  std::vector<odbc::Row> send(const Template& text, const std::string& sql,
                              const std::vector<odbc::Value>& values);

  const odbc::Target target_;
  std::unique_ptr<odbc::Session> session_;
  Traits traits_;
  Translations<Template> texts_;
  const char* isolation_ = "";
  int64_t last_changes_ = 0;
  int64_t total_changes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> budget_;
};

}  // namespace millrace::sql::mssql

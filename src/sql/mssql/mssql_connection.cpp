#include "sql/mssql/mssql_connection.h"

#include <algorithm>

#include "sql/mssql/mssql_statement.h"

namespace millrace::sql::mssql {
namespace {

using std::chrono::steady_clock;

// SQL Server 2017, which is the oldest that MLflow's own migrations run on.
constexpr int64_t kOldestVersion = 14;
// OPENJSON is there from this on.
constexpr int64_t kOldestLevel = 130;

constexpr const char* kTraits =
    "SELECT CAST(COALESCE(SERVERPROPERTY('ProductMajorVersion'), 0) AS INT) AS version, "
    "CAST(SERVERPROPERTY('EngineEdition') AS INT) AS edition, d.compatibility_level AS compatibility, "
    "CAST(COALESCE(DATABASEPROPERTYEX(DB_NAME(), 'Collation'), '') AS NVARCHAR(128)) AS collation_name, "
    "d.snapshot_isolation_state AS snapshots FROM sys.databases AS d WHERE d.database_id = DB_ID()";

// Thrown through run_within(); never leaves this file.
struct BudgetUsedUp {};

int64_t integer_of(const odbc::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

odbc::Target with_patience(odbc::Target target, MssqlConnection::Patience patience) {
  if (patience == MssqlConnection::Patience::kEndless) target.query_timeout = std::chrono::seconds(0);
  return target;
}

}  // namespace

MssqlConnection::MssqlConnection(odbc::Target target, Patience patience)
    : target_(with_patience(std::move(target), patience)),
      session_(std::make_unique<odbc::Session>(target_)) {
  settle();
}

// Azure's databases (editions 5 and 8) are always new enough, whatever version they tell.
void MssqlConnection::settle() {
  const std::vector<odbc::Row> rows = session_->execute(kTraits).rows;
  session_->roll_back();
  if (rows.size() != 1 || rows[0].size() != 5)
    throw Error(ErrorCode::kInvalidState, "The " + target_.label + " is not one of SQL Server.");
  const odbc::Row& row = rows[0];
  const bool azure = integer_of(row[1]) == 5 || integer_of(row[1]) == 8;
  if ((!azure && integer_of(row[0]) < kOldestVersion) || integer_of(row[2]) < kOldestLevel) {
    throw Error(ErrorCode::kInvalidState,
                "The " + target_.label + " is run by version " + std::to_string(integer_of(row[0])) +
                    " with compatibility level " + std::to_string(integer_of(row[2])) +
                    "; SQL Server 2017 (14) and level 130 or later are needed.");
  }
  const auto* collation = std::get_if<std::string>(&row[3]);
  traits_.utf8 = collation != nullptr && collation->ends_with("_UTF8");
  traits_.snapshots = integer_of(row[4]) == 1;
}

std::unique_ptr<RemoteStatement> MssqlConnection::prepare(std::string_view sql) {
  return std::make_unique<MssqlStatement>(*this, texts_.of(sql, translate));
}

std::vector<odbc::Row> MssqlConnection::send(const Template& text, const std::string& sql,
                                             const std::vector<odbc::Value>& values) {
  if (budget_ && steady_clock::now() > *budget_) throw BudgetUsedUp{};
  if (!text.reads) ++total_changes_;
  try {
    odbc::Result result = session_->execute(sql, values);
    last_changes_ = result.changes;
    return std::move(result.rows);
  } catch (const TransactionFault&) {
    if (budget_ && session_->timed_out()) throw BudgetUsedUp{};
    throw;
  }
}

void MssqlConnection::execute(const std::string& script) {
  ++total_changes_;
  session_->execute(script);
}

void MssqlConnection::begin_read() {
  begin(traits_.snapshots ? "SNAPSHOT" : "READ COMMITTED");
}

void MssqlConnection::begin_write() {
  begin("READ COMMITTED");
}

// The transaction itself begins with its first statement. A connection mostly does one of both only, so the
// isolation is set once.
void MssqlConnection::begin(const char* isolation) {
  if (std::string_view(isolation_) == isolation) return;
  session_->execute(std::string("SET TRANSACTION ISOLATION LEVEL ") + isolation);
  session_->commit();
  isolation_ = isolation;
}

void MssqlConnection::commit() {
  session_->commit();
}

void MssqlConnection::rollback() noexcept {
  session_->roll_back();
}

// ODBC counts in whole seconds, so that what is tried may take one at least. A statement that is stopped
// leaves its transaction as it is, which only reads.
bool MssqlConnection::run_within(std::chrono::milliseconds time, const std::function<void()>& action) {
  struct Restore {
    MssqlConnection& connection;
    ~Restore() {
      connection.budget_.reset();
      connection.session_->set_time_out(connection.target_.query_timeout);
    }
  };
  session_->set_time_out(std::max(std::chrono::ceil<std::chrono::seconds>(time), std::chrono::seconds(1)));
  budget_ = steady_clock::now() + time;
  const Restore restore{*this};
  try {
    action();
  } catch (const BudgetUsedUp&) {
    return false;
  }
  return true;
}

void MssqlConnection::restore() {
  if (!session_->is_lost()) return;
  isolation_ = "";
  session_ = std::make_unique<odbc::Session>(target_);
}

}  // namespace millrace::sql::mssql

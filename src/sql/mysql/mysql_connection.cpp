#include "sql/mysql/mysql_connection.h"

#include "sql/mysql/faults.h"
#include "sql/mysql/mysql_statement.h"

namespace millrace::sql::mysql {
namespace {

using std::chrono::steady_clock;

// Thrown through run_within(); never leaves this file.
struct BudgetUsedUp {};

}  // namespace

MysqlConnection::MysqlConnection(Target target, Session::Patience patience)
    : target_(std::move(target)),
      patience_(patience),
      session_(std::make_unique<Session>(target_, patience)) {}

std::unique_ptr<RemoteStatement> MysqlConnection::prepare(std::string_view sql) {
  return std::make_unique<MysqlStatement>(*this, texts_.of(sql, translate));
}

void MysqlConnection::send(const Template& text, const std::string& sql) {
  if (budget_ && steady_clock::now() > *budget_) throw BudgetUsedUp{};
  if (!text.reads) ++total_changes_;
  last_changes_.reset();
  session_->add(sql);
  if (text.returns_id) session_->add("SELECT LAST_INSERT_ID()");
}

Outcome MysqlConnection::finish() {
  try {
    return session_->finish();
  } catch (const TransactionFault&) {
    if (budget_ && is_time_out(session_->last_error())) throw BudgetUsedUp{};
    throw;
  }
}

int64_t MysqlConnection::changes() {
  if (!last_changes_) last_changes_ = finish().changes;
  return *last_changes_;
}

void MysqlConnection::execute(const std::string& script) {
  ++total_changes_;
  session_->add(script);
  session_->finish();
}

void MysqlConnection::begin_read() {
  begin("REPEATABLE READ", "START TRANSACTION READ ONLY");
}

void MysqlConnection::begin_write() {
  begin("READ COMMITTED", "START TRANSACTION READ WRITE");
}

// A connection mostly does one of both only, so the isolation is set once.
void MysqlConnection::begin(const char* isolation, const char* sql) {
  if (std::string_view(isolation_) != isolation) {
    session_->add(std::string("SET SESSION TRANSACTION ISOLATION LEVEL ") + isolation);
    isolation_ = isolation;
  }
  session_->add(sql);
}

void MysqlConnection::commit() {
  session_->finish_commit();
}

void MysqlConnection::rollback() noexcept {
  session_->roll_back();
}

// A statement that is stopped leaves its transaction as it is, which only reads.
bool MysqlConnection::run_within(std::chrono::milliseconds time, const std::function<void()>& action) {
  session_->add(session_->set_time_out(time));
  budget_ = steady_clock::now() + time;
  bool finished = true;
  try {
    action();
  } catch (const BudgetUsedUp&) {
    finished = false;
  } catch (...) {
    budget_.reset();
    session_->add(session_->set_time_out({}));
    throw;
  }
  budget_.reset();
  session_->add(session_->set_time_out({}));
  return finished;
}

void MysqlConnection::restore() {
  if (!session_->is_lost()) return;
  isolation_ = "";
  session_ = std::make_unique<Session>(target_, patience_);
}

}  // namespace millrace::sql::mysql

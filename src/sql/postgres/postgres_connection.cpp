#include "sql/postgres/postgres_connection.h"

#include <array>

#include "sql/postgres/dialect.h"
#include "sql/postgres/faults.h"
#include "sql/postgres/postgres_statement.h"
#include "sql/postgres/values.h"

namespace millrace::sql::postgres {
namespace {

using std::chrono::steady_clock;

// Searches make many texts, and long ones: a cache that takes all and never forgets would grow with what
// strangers ask, here and in the server.
constexpr size_t kLargestCache = 256;
constexpr size_t kLongestCached = 4096;
// What is sent without waiting is held in memory until it can be, so there is an end to it.
constexpr size_t kMostWaiting = 512;

// What is tried with a budget is good only if it looks few rows up, one after another: planning such a walk
// anew for its values takes as long as a part of it, and what it looks up are the upper pages of indexes,
// which are in memory.
constexpr std::array<const char*, 2> kShortPlans{"SET LOCAL plan_cache_mode = force_generic_plan",
                                                 "SET LOCAL random_page_cost = 1.1"};

// Thrown through run_within(); never leaves this file.
struct BudgetUsedUp {};

}  // namespace

PostgresConnection::PostgresConnection(Target target)
    : target_(std::move(target)), session_(std::make_unique<Session>(target_)) {}

std::unique_ptr<RemoteStatement> PostgresConnection::prepare(std::string_view sql) {
  return std::make_unique<PostgresStatement>(*this, text_of(sql));
}

std::shared_ptr<PostgresConnection::Text> PostgresConnection::text_of(std::string_view sql) {
  const auto found = texts_.find(sql);
  if (found != texts_.end()) return found->second;
  auto text = std::make_shared<Text>();
  text->sql = translate(sql);
  text->parameters = parameters_of(sql);
  text->reads = sql.starts_with("SELECT");
  text->cached = sql.size() <= kLongestCached;
  if (text->cached) texts_.emplace(sql, text);
  return text;
}

std::shared_ptr<Prepared> PostgresConnection::prepared_of(Text& text, const Parameters& parameters) {
  if (!text.cached) return std::make_shared<Prepared>(Prepared{"", text.sql});
  const std::string types(reinterpret_cast<const char*>(parameters.types.data()),
                          parameters.types.size() * sizeof(Oid));
  std::shared_ptr<Prepared>& prepared = text.prepared[types];
  if (!prepared)
    prepared = std::make_shared<Prepared>(Prepared{"millrace_" + std::to_string(++names_), text.sql});
  return prepared;
}

void PostgresConnection::send(Text& text, const Parameters& parameters, std::shared_ptr<Answer> answer) {
  if (budget_ && steady_clock::now() > *budget_) throw BudgetUsedUp{};
  if (!text.reads) ++total_changes_;
  if (session_->waiting() >= kMostWaiting) last_ = finish();
  last_.reset();
  session_->send(prepared_of(text, parameters), parameters, std::move(answer));
}

Result PostgresConnection::finish() {
  try {
    return session_->finish();
  } catch (const TransactionFault&) {
    heed_fault();
    throw;
  }
}

void PostgresConnection::await(const Answer& answer) {
  try {
    session_->await(answer);
  } catch (const TransactionFault&) {
    heed_fault();
    throw;
  }
}

void PostgresConnection::heed_fault() {
  if (budget_ && session_->last_state() == kCancelled) throw BudgetUsedUp{};
  // Somebody between us and the server, a pool of connections, gave us another session than before.
  if (session_->last_state() == "26000") texts_.clear();
}

int64_t PostgresConnection::changes() {
  if (!last_) last_ = finish();
  return last_ ? std::strtoll(PQcmdTuples(last_.get()), nullptr, 10) : 0;
}

bool PostgresConnection::copy(std::string_view target, std::span<const Column> columns) {
  const std::string rows = copy_text(columns);
  ++total_changes_;
  last_.reset();
  try {
    session_->copy("COPY " + std::string(target) + " FROM STDIN", rows);
  } catch (const TransactionFault&) {
    heed_fault();
    throw;
  }
  return true;
}

void PostgresConnection::execute(const std::string& script) {
  ++total_changes_;
  session_->execute(script);
}

void PostgresConnection::begin_read() {
  begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

void PostgresConnection::begin_write() {
  begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
}

void PostgresConnection::begin(std::string_view sql) {
  if (texts_.size() > kLargestCache) {
    texts_.clear();
    // A transaction of its own: in the one that begins, the snapshot would be taken too early.
    session_->send("DEALLOCATE ALL");
    session_->finish();
  }
  order(sql);
}

// Prepared like others: to parse and plan it anew takes the server as long as a small write.
void PostgresConnection::order(std::string_view sql) {
  session_->send(prepared_of(*text_of(sql), {}), {});
}

void PostgresConnection::commit() {
  order("COMMIT");
  session_->finish_commit();
}

void PostgresConnection::rollback() noexcept {
  session_->abandon("ROLLBACK");
}

bool PostgresConnection::run_within(std::chrono::milliseconds time, const std::function<void()>& action) {
  const std::string limit = "SET LOCAL statement_timeout = " + std::to_string(time.count());
  session_->send("SAVEPOINT millrace_budget");
  session_->send(limit.c_str());
  for (const char* setting : kShortPlans) session_->send(setting);
  budget_ = steady_clock::now() + time;
  bool finished = true;
  try {
    action();
  } catch (const BudgetUsedUp&) {
    finished = false;
  } catch (...) {
    budget_.reset();
    throw;
  }
  budget_.reset();
  // Takes the time-out back too.
  session_->send("ROLLBACK TO SAVEPOINT millrace_budget");
  return finished;
}

void PostgresConnection::restore() {
  if (!session_->is_lost()) return;
  texts_.clear();
  session_ = std::make_unique<Session>(target_);
}

}  // namespace millrace::sql::postgres

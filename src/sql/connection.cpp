#include "sql/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::sql {
namespace {

// Thrown through run_within() when a statement was stopped by its budget; never leaves this file.
struct BudgetUsedUp {};

Error error_of(int code, const std::string& detail) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kTemporarilyUnavailable,
              "The database is locked by another process; try again. (" + detail + ")"};
    case SQLITE_FULL:
      return {ErrorCode::kResourceExhausted,
              "The disk of the database is full; nothing was written. (" + detail + ")"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::kPermissionDenied,
              "The database cannot be written: it or its folder is read-only. (" + detail + ")"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kInternalError,
              "The file is damaged or is not an SQLite database. (" + detail + ")"};
    case SQLITE_IOERR:
      return {ErrorCode::kInternalError, "The database file could not be read or written. (" + detail + ")"};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kResourceConflict, "The database refused a row. (" + detail + ")"};
    case SQLITE_TOOBIG:
      return {ErrorCode::kInvalidParameterValue, "A value is too big for the database. (" + detail + ")"};
    default:
      return {ErrorCode::kInternalError, "The database reported a fault. (" + detail + ")"};
  }
}

[[noreturn]] void fail(sqlite3* database, int code) {
  if (code == SQLITE_INTERRUPT) throw BudgetUsedUp{};
  throw error_of(code, sqlite3_errmsg(database));
}

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK) fail(database, code);
}

int stop(void*) {
  return 1;
}

// About what SQLite needs for so many instructions; never so short that a busy network alone uses it up.
std::chrono::milliseconds time_of(int64_t steps) {
  return std::chrono::milliseconds(std::max<int64_t>(100, steps / 20'000));
}

}  // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement, bool* on_loan)
    : database_(database), statement_(statement), on_loan_(on_loan) {
  if (on_loan_ != nullptr) *on_loan_ = true;
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      on_loan_(other.on_loan_),
      remote_(std::move(other.remote_)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (on_loan_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *on_loan_ = false;
}

Statement& Statement::bind(int position, std::string_view text) {
  if (remote_) {
    remote_->bind(position, text);
    return *this;
  }
  // An empty view may have a null pointer, which would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  check(database_, sqlite3_bind_text64(statement_, position, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int position, int64_t number) {
  if (remote_) {
    remote_->bind(position, number);
    return *this;
  }
  check(database_, sqlite3_bind_int64(statement_, position, number));
  return *this;
}

Statement& Statement::bind(int position, double number) {
  if (remote_) {
    remote_->bind(position, number);
    return *this;
  }
  check(database_, sqlite3_bind_double(statement_, position, number));
  return *this;
}

Statement& Statement::bind_null(int position) {
  if (remote_) {
    remote_->bind_null(position);
    return *this;
  }
  check(database_, sqlite3_bind_null(statement_, position));
  return *this;
}

Statement& Statement::bind_boolean(int position, bool value) {
  if (!remote_) return bind(position, static_cast<int64_t>(value));
  remote_->bind_boolean(position, value);
  return *this;
}

Statement& Statement::bind_list(int position, std::span<const std::string_view> texts) {
  remote_of_list().bind_list(position, texts);
  return *this;
}

Statement& Statement::bind_list(int position, std::span<const int64_t> numbers) {
  remote_of_list().bind_list(position, numbers);
  return *this;
}

Statement& Statement::bind_list(int position, std::span<const double> numbers) {
  remote_of_list().bind_list(position, numbers);
  return *this;
}

Statement& Statement::bind_booleans(int position, std::span<const char> values) {
  remote_of_list().bind_booleans(position, values);
  return *this;
}

RemoteStatement& Statement::remote_of_list() {
  if (remote_) return *remote_;
  throw Error(ErrorCode::kInternalError, "SQLite knows no lists.");
}

void Statement::send() {
  if (remote_) remote_->send();
}

bool Statement::step() {
  if (remote_) return remote_->step();
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_);
  fail(database_, code);
}

void Statement::run() {
  if (remote_) return remote_->run();
  while (step()) {
  }
  sqlite3_reset(statement_);
}

void Statement::reset() {
  if (remote_) return remote_->reset();
  sqlite3_reset(statement_);
}

bool Statement::is_null(int column) const {
  if (remote_) return remote_->is_null(column);
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
int64_t Statement::integer(int column) const {
  if (remote_) return remote_->integer(column);
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const {
  if (remote_) return remote_->real(column);
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  if (remote_) return remote_->text(column);
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

namespace {

std::string immutable_uri(const std::string& path) {
  return "file:" + percent_encode_path(path) + "?immutable=1";
}

// For statements of the stores, none of which has such words in a text.
std::string without_index_orders(std::string_view sql) {
  constexpr std::string_view kOrder = "INDEXED BY millrace_";
  std::string plain;
  for (size_t at = sql.find(kOrder); at != std::string_view::npos; at = sql.find(kOrder)) {
    plain += sql.substr(0, at);
    const size_t end = sql.find_first_of(" ),;", at + kOrder.size());
    sql = end == std::string_view::npos ? std::string_view() : sql.substr(end);
  }
  return plain += sql;
}

}  // namespace

struct Connection::CachedStatement {
  explicit CachedStatement(sqlite3_stmt* prepared) : statement(prepared) {}
  ~CachedStatement() { sqlite3_finalize(statement); }
  CachedStatement(const CachedStatement&) = delete;
  CachedStatement& operator=(const CachedStatement&) = delete;

  sqlite3_stmt* statement;
  bool on_loan = false;
};

Connection::Connection(const std::string& path, const ConnectionOptions& options) {
  // Statistics about memory would take a lock of the whole process at each allocation. Too late, and without
  // effect, when something else in the process has opened a database before.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create) flags |= SQLITE_OPEN_CREATE;
  if (options.immutable) flags |= SQLITE_OPEN_URI;
  const std::string name = options.immutable ? immutable_uri(path) : path;
  const int code = sqlite3_open_v2(name.c_str(), &database_, flags, options.vfs);
  if (code != SQLITE_OK) {
    const Error error = error_of(code, sqlite3_errstr(code));
    sqlite3_close(database_);
    throw Error(error.code(), "Cannot open the database '" + path + "': " + error.what());
  }
  sqlite3_busy_timeout(database_, static_cast<int>(options.busy_timeout.count()));
  execute("PRAGMA cache_size=-" + std::to_string(options.cache_kilobytes));
}

Connection::Connection(std::unique_ptr<RemoteConnection> remote) : remote_(std::move(remote)) {}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(database_);
}

Statement Connection::prepare(std::string_view sql) {
  if (remote_) return Statement(remote_->prepare(sql));
  // Searches make many texts, and long ones: a cache that takes all and never forgets would grow with what
  // strangers ask.
  constexpr size_t kLargestCache = 256;
  constexpr size_t kLongestCached = 4096;
  const auto found = statements_.find(sql);
  if (found != statements_.end() && !found->second->on_loan) {
    return Statement(database_, found->second->statement, &found->second->on_loan);
  }
  sqlite3_stmt* prepared = nullptr;
  const std::string plain = index_orders_ ? std::string() : without_index_orders(sql);
  const std::string_view text = index_orders_ ? sql : plain;
  check(database_, sqlite3_prepare_v3(database_, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
  if (found != statements_.end() || sql.size() > kLongestCached)
    return Statement(database_, prepared, nullptr);
  if (statements_.size() >= kLargestCache) {
    std::erase_if(statements_, [](const auto& entry) { return !entry.second->on_loan; });
  }
  CachedStatement& entry = *(statements_[std::string(sql)] = std::make_unique<CachedStatement>(prepared));
  return Statement(database_, prepared, &entry.on_loan);
}

void Connection::execute(const std::string& script) {
  if (remote_) return remote_->execute(script);
  char* message = nullptr;
  const int code = sqlite3_exec(database_, script.c_str(), nullptr, nullptr, &message);
  sqlite3_free(message);
  check(database_, code);
}

int64_t Connection::total_changes() const {
  if (remote_) return remote_->total_changes();
  return sqlite3_total_changes64(database_);
}
int64_t Connection::changes() const {
  if (remote_) return remote_->changes();
  return sqlite3_changes64(database_);
}
int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_);
}

bool Connection::run_within(int64_t steps, const std::function<void()>& action) {
  if (remote_) return remote_->run_within(time_of(steps), action);
  sqlite3_progress_handler(database_, static_cast<int>(std::min<int64_t>(steps, 1'000'000'000)), stop,
                           nullptr);
  try {
    action();
  } catch (const BudgetUsedUp&) {
    sqlite3_progress_handler(database_, 0, nullptr, nullptr);
    return false;
  } catch (...) {
    sqlite3_progress_handler(database_, 0, nullptr, nullptr);
    throw;
  }
  sqlite3_progress_handler(database_, 0, nullptr, nullptr);
  return true;
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  if (connection_.remote_ == nullptr) {
    connection_.prepare(kind == Kind::kRead ? "BEGIN" : "BEGIN IMMEDIATE").run();
  } else if (kind == Kind::kRead) {
    connection_.remote_->begin_read();
  } else {
    connection_.remote_->begin_write();
  }
}

Transaction::~Transaction() {
  if (!open_) return;
  if (connection_.remote_) {
    connection_.remote_->rollback();
    return;
  }
  try {
    connection_.prepare("ROLLBACK").run();
  } catch (const Error&) {
    // SQLite has rolled back by itself after the fault that brought us here; there is nothing left to undo.
  }
}

void Transaction::commit() {
  if (connection_.remote_) {
    connection_.remote_->commit();
  } else {
    connection_.prepare("COMMIT").run();
  }
  open_ = false;
}

}  // namespace millrace::sql

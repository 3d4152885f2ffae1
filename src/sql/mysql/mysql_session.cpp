#include "sql/mysql/mysql_session.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>

#include "sql/mysql/faults.h"
#include "sql/server_uri.h"

namespace millrace::sql::mysql {
namespace {

using std::chrono::milliseconds;

constexpr unsigned long kOldestMariaDb = 100'400;
constexpr unsigned long kOldestMySql = 80'000;
constexpr milliseconds kDefaultTimeOut{60'000};
constexpr unsigned kGrace = 10;
// What is sent together, unless one statement alone is longer.
constexpr size_t kUsualLength = 256 * 1024;

// Ways to sign in that show the password neither to those who listen nor to a false server.
constexpr const char* kSafeWays =
    "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,auth_gssapi_client,parsec";

constexpr std::string_view kMode =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT', autocommit = 1";

void set(MYSQL* connection, mysql_option option, unsigned value) {
  mysql_options(connection, option, &value);
}

void set_text(MYSQL* connection, mysql_option option, const std::string& value) {
  if (!value.empty()) mysql_options(connection, option, value.c_str());
}

// The library's own set-up is not safe for threads.
void prepare_library() {
  static const int prepared = mysql_library_init(0, nullptr, nullptr);
  if (prepared != 0) throw Error(ErrorCode::kInternalError, "The client library of MariaDB cannot be used.");
}

}  // namespace

Session::Session(const Target& target, Patience patience) : target_(target) {
  prepare_library();
  try {
    connect(patience);
    settle(patience);
  } catch (...) {
    mysql_close(connection_);
    throw;
  }
}

Session::~Session() {
  mysql_close(connection_);
}

void Session::connect(Patience patience) {
  connection_ = mysql_init(nullptr);
  if (connection_ == nullptr) throw Error(ErrorCode::kResourceExhausted, "There is no memory left.");
  set_options(patience);
  const std::string password(target_.password.reveal());
  const bool local = !target_.unix_socket.empty();
  const MYSQL* connected =
      mysql_real_connect(connection_, local ? nullptr : target_.host.c_str(), target_.user.c_str(),
                         password.c_str(), target_.database.c_str(), target_.port,
                         local ? target_.unix_socket.c_str() : nullptr, CLIENT_MULTI_STATEMENTS);
  if (connected == nullptr) fail_to_connect();
  // The library goes on in the clear with a server that knows no TLS.
  if (target_.tls != Tls::kOff && mysql_get_ssl_cipher(connection_) == nullptr) {
    throw Error(ErrorCode::kPermissionDenied, "Cannot connect to the " + target_.label() +
                                                  ": it answers without TLS, which the URI asks for.");
  }
}

void Session::set_options(Patience patience) {
  mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // A server may ask for files of this machine otherwise.
  set(connection_, MYSQL_OPT_LOCAL_INFILE, 0);
  set(connection_, MYSQL_OPT_PROTOCOL,
      target_.unix_socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET);
  set(connection_, MYSQL_OPT_CONNECT_TIMEOUT, target_.connect_timeout);
  const auto usual = static_cast<unsigned>(time_out_.count() / 1000) + kGrace;
  set(connection_, MYSQL_OPT_READ_TIMEOUT,
      patience == Patience::kEndless ? 0 : target_.read_timeout.value_or(usual));
  set(connection_, MYSQL_OPT_WRITE_TIMEOUT, target_.write_timeout);
  set_text(connection_, MYSQL_INIT_COMMAND, target_.init_command);
  set_tls();
}

void Session::set_tls() {
  const bool trusted = target_.tls >= Tls::kVerified || !target_.unix_socket.empty();
  if (!trusted) mysql_options(connection_, MARIADB_OPT_RESTRICTED_AUTH, kSafeWays);
  if (target_.tls == Tls::kOff) return;
  my_bool yes = 1;
  mysql_options(connection_, MYSQL_OPT_SSL_ENFORCE, &yes);
  my_bool verify = target_.tls == Tls::kIdentity ? 1 : 0;
  mysql_options(connection_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (target_.tls != Tls::kOn) {
    set_text(connection_, MYSQL_OPT_SSL_CA, target_.ssl_ca);
    set_text(connection_, MYSQL_OPT_SSL_CAPATH, target_.ssl_capath);
  }
  set_text(connection_, MYSQL_OPT_SSL_CERT, target_.ssl_cert);
  set_text(connection_, MYSQL_OPT_SSL_KEY, target_.ssl_key);
  set_text(connection_, MYSQL_OPT_SSL_CIPHER, target_.ssl_cipher);
}

// Asks for what depends on the server. Where it gives statements more time than was thought, the connection
// is made anew, because the library takes its own time-out once only.
void Session::settle(Patience patience) {
  maria_ = mariadb_connection(connection_) != 0;
  check_version();
  add(kMode);
  add(maria_ ? "SELECT @@max_allowed_packet, CAST(1000 * @@max_statement_time AS SIGNED)"
             : "SELECT @@max_allowed_packet, @@max_execution_time");
  const Outcome outcome = finish();
  MYSQL_ROW row = outcome.rows ? mysql_fetch_row(outcome.rows.get()) : nullptr;
  if (row == nullptr || row[0] == nullptr || row[1] == nullptr)
    throw Error(ErrorCode::kInternalError, "The " + target_.label() + " does not tell its settings.");
  longest_ = std::strtoull(row[0], nullptr, 10);
  const milliseconds told(std::strtoll(row[1], nullptr, 10));
  if (patience == Patience::kEndless) {
    time_out_ = milliseconds(0);
  } else if (told > kDefaultTimeOut && told > time_out_ && !target_.read_timeout) {
    time_out_ = told;
    mysql_close(connection_);
    connection_ = nullptr;
    connect(patience);
    return settle(patience);
  } else if (told.count() > 0) {
    time_out_ = told;
  }
  add(set_time_out(time_out_));
  finish();
}

void Session::check_version() {
  const unsigned long version = mysql_get_server_version(connection_);
  if (version >= (maria_ ? kOldestMariaDb : kOldestMySql)) return;
  throw Error(ErrorCode::kInvalidState, "The " + target_.label() + " is run by version " +
                                            mysql_get_server_info(connection_) +
                                            "; MariaDB 10.4 or MySQL 8.0 or later is needed.");
}

std::string Session::set_time_out(milliseconds time) const {
  const milliseconds chosen = time.count() == 0 ? time_out_ : time;
  if (!maria_) return "SET SESSION max_execution_time = " + std::to_string(chosen.count());
  return "SET SESSION max_statement_time = " + std::to_string(static_cast<double>(chosen.count()) / 1000.0);
}

void Session::add(std::string_view sql) {
  constexpr size_t kFrame = 64;
  if (longest_ != 0 && sql.size() + kFrame > longest_) {
    throw TransactionFault(ErrorCode::kInvalidParameterValue,
                           "A value, or all values together, are too big for the database "
                           "(max_allowed_packet is " +
                               std::to_string(longest_) + ").",
                           TransactionFault::Kind::kLasting);
  }
  const size_t most = longest_ == 0 ? kUsualLength : std::min(kUsualLength, longest_ - kFrame);
  if (!waiting_.empty() && waiting_.size() + sql.size() + 1 > most) finish();
  if (!waiting_.empty()) waiting_ += ';';
  waiting_ += sql;
  ++statements_;
}

Outcome Session::finish() {
  await_rollback();
  if (waiting_.empty() && !lost_) return {};
  try {
    Outcome outcome = send_and_wait();
    waiting_.clear();
    statements_ = 0;
    return outcome;
  } catch (...) {
    waiting_.clear();
    statements_ = 0;
    throw;
  }
}

void Session::finish_commit() {
  // Another journey only where all does not go together.
  add("COMMIT");
  committing_ = true;
  try {
    finish();
  } catch (...) {
    committing_ = false;
    throw;
  }
  committing_ = false;
}

Outcome Session::send_and_wait() {
  if (lost_) fail(0);
  if (mysql_real_query(connection_, waiting_.data(), waiting_.size()) != 0) fail(0);
  Outcome outcome;
  for (size_t statement = 0;; ++statement) {
    outcome.rows.reset(mysql_store_result(connection_));
    if (!outcome.rows && mysql_field_count(connection_) != 0) fail(statement);
    outcome.changes = outcome.rows ? 0 : static_cast<int64_t>(mysql_affected_rows(connection_));
    const int next = mysql_next_result(connection_);
    if (next < 0) return outcome;
    if (next > 0) fail(statement + 1);
  }
}

void Session::roll_back() noexcept {
  waiting_.clear();
  statements_ = 0;
  if (lost_ || rolling_back_) return;
  constexpr std::string_view kRollBack = "ROLLBACK";
  if (mysql_send_query(connection_, kRollBack.data(), kRollBack.size()) == 0) {
    rolling_back_ = true;
  } else {
    lost_ = true;  // and with it goes the transaction that was to end
  }
}

void Session::await_rollback() {
  if (!rolling_back_) return;
  rolling_back_ = false;
  if (mysql_read_query_result(connection_) != 0) lost_ = true;
}

bool Session::is_lost() {
  if (lost_) return true;
  await_rollback();
  // Between transactions a server says nothing but that it ends.
  pollfd look{mysql_get_socket(connection_), POLLIN, 0};
  if (!lost_ && poll(&look, 1, 0) > 0) lost_ = true;
  return lost_;
}

void Session::fail(size_t statement) {
  constexpr unsigned kGone = 2006;
  last_error_ = lost_ ? kGone : mysql_errno(connection_);
  const std::string why = lost_ ? "it was lost before" : message();
  const bool was_lost = lost_;
  lost_ = lost_ || ends_connection(last_error_);
  // What the server says of a statement before the commit, it says instead of going on to that.
  const bool of_server = last_error_ < 2000 || last_error_ >= 3000;
  const bool unknown = lost_ && !was_lost && !(of_server && statement + 1 < statements_);
  if (committing_ && unknown) throw unknown_outcome(why);
  throw fault_of(last_error_, why);
}

void Session::fail_to_connect() {
  const TransactionFault fault = fault_of(mysql_errno(connection_), "");
  const bool known = fault.code() != ErrorCode::kInternalError;
  throw Error(known ? fault.code() : ErrorCode::kTemporarilyUnavailable,
              "Cannot connect to the " + target_.label() + ": " + message());
}

std::string Session::message() const {
  return without_secrets(mysql_error(connection_), target_.secrets);
}

}  // namespace millrace::sql::mysql

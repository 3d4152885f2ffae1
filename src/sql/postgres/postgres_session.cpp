#include "sql/postgres/postgres_session.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>

#include "sql/postgres/faults.h"
#include "sql/server_uri.h"

namespace millrace::sql::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kOldestServer = 120'000;
constexpr milliseconds kGrace{10'000};
constexpr milliseconds kDefaultTimeOut{60'000};
// A server on the same machine answers most statements sooner than a thread that sleeps is woken.
constexpr std::chrono::microseconds kWakefulness{60};

void ignore(void*, const PGresult*) {}

bool has(const Target& target, std::string_view keyword) {
  return std::any_of(target.options.begin(), target.options.end(),
                     [&](const auto& option) { return option.first == keyword; });
}

// libpq tells of a refused connection by words only.
ErrorCode code_of_refusal(const std::string& message) {
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("authentication failed") || says("no pg_hba.conf entry") || says("no password supplied") ||
      (says("role ") && says("does not exist")))
    return ErrorCode::kPermissionDenied;
  if (says("database ") && says("does not exist")) return ErrorCode::kInvalidParameterValue;
  return ErrorCode::kTemporarilyUnavailable;
}

std::string field(const Result& result, int code) {
  const char* text = PQresultErrorField(result.get(), code);
  return text == nullptr ? "" : text;
}

}  // namespace

PGconn* open_connection(const Target& target) {
  const std::string password(target.password.reveal());
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  const auto add = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  for (const auto& [keyword, value] : target.options) add(keyword.c_str(), value.c_str());
  if (!password.empty()) add("password", password.c_str());
  if (!has(target, "connect_timeout")) add("connect_timeout", "10");
  add("fallback_application_name", "millrace");
  add("client_encoding", "UTF8");
  add(nullptr, nullptr);
  return PQconnectdbParams(keywords.data(), values.data(), 0);
}

Error refusal_of(const PGconn* connection, const Target& target) {
  const std::string why = without_secrets(PQerrorMessage(connection), target.secrets);
  return {code_of_refusal(why), "Cannot connect to the " + target.label() + ": " + why};
}

Session::Session(const Target& target) : target_(target), connection_(open_connection(target)) {
  try {
    if (PQstatus(connection_) != CONNECTION_OK) throw refusal_of(connection_, target_);
    PQsetNoticeReceiver(connection_, ignore, nullptr);
    check_version();
    settle_time_out();
    if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) lose(message());
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}

Session::~Session() {
  PQfinish(connection_);
}

void Session::check_version() {
  if (PQserverVersion(connection_) >= kOldestServer) return;
  throw Error(ErrorCode::kInvalidState, "The " + target_.label() + " is run by PostgreSQL " +
                                            std::to_string(PQserverVersion(connection_) / 10'000) +
                                            "; version 12 or later is needed.");
}

// Numbers are to come back as they went, which servers can be told not to do.
void Session::settle_time_out() {
  const Result setting(PQexec(connection_,
                              "SET extra_float_digits = 1; "
                              "SELECT setting FROM pg_settings WHERE name = 'statement_timeout'"));
  if (PQresultStatus(setting.get()) != PGRES_TUPLES_OK) lose(message());
  milliseconds time_out(std::strtoll(PQgetvalue(setting.get(), 0, 0), nullptr, 10));
  if (time_out.count() == 0) {
    time_out = kDefaultTimeOut;
    const std::string set = "SET statement_timeout = " + std::to_string(time_out.count());
    if (PQresultStatus(Result(PQexec(connection_, set.c_str())).get()) != PGRES_COMMAND_OK) lose(message());
  }
  patience_ = time_out + kGrace;
}

void Session::send(const std::shared_ptr<Prepared>& statement, const Parameters& parameters,
                   std::shared_ptr<Answer> answer) {
  if (lost_) lose("it was lost before");
  const auto count = static_cast<int>(parameters.values.size());
  std::vector<const char*> values;
  values.reserve(parameters.values.size());
  for (const auto& value : parameters.values) values.push_back(value ? value->c_str() : nullptr);
  const Oid* types = parameters.types.data();
  if (statement->name.empty()) {
    expect(PQsendQueryParams(connection_, statement->sql.c_str(), count, types, values.data(), nullptr,
                             nullptr, 0),
           {Expected::Kind::kQuery, nullptr, std::move(answer)});
    return;
  }
  if (!statement->sent) {
    expect(PQsendPrepare(connection_, statement->name.c_str(), statement->sql.c_str(), count, types),
           {Expected::Kind::kPrepare, statement, nullptr});
    statement->sent = true;
  }
  expect(PQsendQueryPrepared(connection_, statement->name.c_str(), count, values.data(), nullptr, nullptr, 0),
         {Expected::Kind::kQuery, nullptr, std::move(answer)});
}

void Session::send(const char* sql) {
  if (lost_) lose("it was lost before");
  expect(PQsendQueryParams(connection_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0),
         {Expected::Kind::kQuery, nullptr, nullptr});
}

void Session::expect(int accepted, Expected expected) {
  if (accepted != 1) lose(message());
  expected_.push_back(std::move(expected));
}

// What the server has to answer by now.
void Session::expect_sync() {
  expect(PQpipelineSync(connection_), {Expected::Kind::kSync, nullptr, nullptr});
}

Result Session::finish() {
  if (lost_) lose("it was lost before");
  expect_sync();
  return collect();
}

void Session::await(const Answer& answer) {
  if (answer.arrived) return;
  if (lost_) lose("it was lost before");
  if (expected_.empty() || expected_.back().kind != Expected::Kind::kSync) expect_sync();
  collect(&answer);
  if (answer.arrived) return;
  // It was skipped because of a fault that was thrown before.
  throw TransactionFault(ErrorCode::kInternalError, "The transaction failed before.",
                         TransactionFault::Kind::kLasting);
}

void Session::finish_commit() {
  committing_ = true;
  Result result;
  try {
    result = finish();
  } catch (...) {
    committing_ = false;
    throw;
  }
  committing_ = false;
  // A transaction that failed before ends like this, without a fault.
  if (result != nullptr && std::string_view(PQcmdStatus(result.get())) == "COMMIT") return;
  throw TransactionFault(ErrorCode::kInternalError, "The database rolled a failed transaction back.",
                         TransactionFault::Kind::kLasting);
}

void Session::abandon(const char* sql) noexcept {
  if (lost_) return;
  try {
    // In a part of the pipeline of its own, so that a fault in what went before does not skip it.
    if (!expected_.empty()) expect_sync();
    send(sql);
    expect_sync();
    for (Expected& one : expected_) one.forgiven = true;
    PQflush(connection_);
  } catch (const Error&) {
    lost_ = true;  // and with it goes the transaction that was to end
  }
}

void Session::execute(const std::string& script) {
  leave_pipeline();
  const Result result(PQexec(connection_, script.c_str()));
  enter_pipeline();
  check(result);
}

void Session::copy(const std::string& sql, std::string_view rows) {
  leave_pipeline();
  if (PQsendQuery(connection_, sql.c_str()) != 1) lose(message());
  Result result = receive();
  if (PQresultStatus(result.get()) == PGRES_COPY_IN) {
    // Neither waits: receive() sees to it that all is sent.
    if (PQputCopyData(connection_, rows.data(), static_cast<int>(rows.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1)
      lose(message());
    result = receive();
  }
  receive();  // the mark behind the results
  enter_pipeline();
  check(result);
}

void Session::leave_pipeline() {
  finish();
  if (PQexitPipelineMode(connection_) != 1) lose(message());
}

void Session::enter_pipeline() {
  if (PQenterPipelineMode(connection_) != 1) lose(message());
}

void Session::check(const Result& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  throw fault_in(result);
}

TransactionFault Session::fault_in(const Result& result) {
  last_state_ = field(result, PG_DIAG_SQLSTATE);
  return fault_of(last_state_, field(result, PG_DIAG_MESSAGE_PRIMARY));
}

bool Session::is_lost() {
  if (lost_) return true;
  try {
    collect();
    // Between transactions a server says nothing but that it ends; what else it may say is worth a new
    // connection too.
    pollfd look{PQsocket(connection_), POLLIN, 0};
    if (poll(&look, 1, 0) > 0) lost_ = true;
  } catch (const Error&) {
    lost_ = true;
  }
  return lost_ || PQstatus(connection_) != CONNECTION_OK;
}

Result Session::collect(const Answer* until) {
  Result last;
  std::optional<TransactionFault> fault;
  while (!expected_.empty() && (until == nullptr || !until->arrived || fault)) {
    Result result = receive();
    Expected expected = std::move(expected_.front());
    expected_.pop_front();
    if (expected.kind == Expected::Kind::kSync) continue;
    receive();  // the mark behind each statement's results
    take(std::move(expected), std::move(result), last, fault);
  }
  if (fault) throw TransactionFault(*fault);
  return last;
}

void Session::take(Expected expected, Result result, Result& last, std::optional<TransactionFault>& fault) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
    if (expected.answer) {
      *expected.answer = {std::move(result), true};
    } else {
      last = std::move(result);
    }
    return;
  }
  if (expected.prepared) expected.prepared->sent = false;
  if (status != PGRES_FATAL_ERROR || expected.forgiven || fault) return;
  fault = fault_in(result);
  const bool broke = last_state_.empty() || last_state_.starts_with("57P") || last_state_.starts_with("08");
  const bool was_commit = expected_.size() == 1 && expected.kind == Expected::Kind::kQuery;
  if (broke && committing_ && was_commit) lose(message());
}

Result Session::receive() {
  const auto deadline = steady_clock::now() + patience_;
  while (PQisBusy(connection_) == 1) wait(deadline);
  Result result(PQgetResult(connection_));
  if (result == nullptr && PQstatus(connection_) != CONNECTION_OK) lose(message());
  return result;
}

void Session::wait(steady_clock::time_point deadline) {
  const int unsent = PQflush(connection_);
  if (unsent < 0) lose(message());
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  pollfd socket{PQsocket(connection_), static_cast<short>(POLLIN | (unsent > 0 ? POLLOUT : 0)), 0};
  int ready = 0;
  for (const auto end = steady_clock::now() + kWakefulness; ready == 0 && steady_clock::now() < end;)
    ready = poll(&socket, 1, 0);
  if (ready == 0) ready = poll(&socket, 1, static_cast<int>(std::max<int64_t>(0, left.count())));
  if (ready == 0) lose("it did not answer in time");
  if (ready > 0 && (socket.revents & ~POLLOUT) != 0 && PQconsumeInput(connection_) != 1) lose(message());
}

void Session::lose(const std::string& why) {
  lost_ = true;
  expected_.clear();
  if (committing_) {
    throw unknown_outcome(why);
  }
  throw TransactionFault(ErrorCode::kTemporarilyUnavailable,
                         "The connection to the database broke; try again. (" + why + ")",
                         TransactionFault::Kind::kPassing);
}

std::string Session::message() const {
  return without_secrets(PQerrorMessage(connection_), target_.secrets);
}

}  // namespace millrace::sql::postgres

#include "sql/mysql/faults.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace millrace::sql::mysql {
namespace {

using Kind = TransactionFault::Kind;

struct Meaning {
  unsigned number;
  ErrorCode code;
  Kind kind;
  std::string_view text;
};

constexpr std::string_view kBroke = "The connection to the database broke.";
constexpr std::string_view kEnds = "The database is shutting down or starting.";
constexpr std::string_view kRefused = "The database did not accept user and password.";
constexpr std::string_view kMayNot = "The database's user may not do that.";
constexpr std::string_view kTimeOut = "The database did not finish within its time-out (max_statement_time).";
constexpr std::string_view kCannotHold = "The database cannot hold a value.";
constexpr std::string_view kNoRow = "The database refused a row.";
constexpr std::string_view kFull = "The disk of the database is full; nothing was written.";

constexpr std::array<Meaning, 41> kMeanings{{
    {1213, ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
     "Others lock the same rows of the database; try again."},
    // It waited for a long time already, and would again.
    {1205, ErrorCode::kTemporarilyUnavailable, Kind::kLasting,
     "Others hold a lock of the database; try again."},
    {1020, ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
     "Others change the same rows of the database; try again."},
    // Another server was first. The second look sees what it made, and says what that means.
    {1062, ErrorCode::kResourceConflict, Kind::kPassing, "The database has such a row already."},
    {1216, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {1217, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {1451, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {1452, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {1048, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {3819, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {4025, ErrorCode::kResourceConflict, Kind::kLasting, kNoRow},
    {1264, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1265, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1292, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1366, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1367, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1406, ErrorCode::kInvalidParameterValue, Kind::kLasting, kCannotHold},
    {1153, ErrorCode::kInvalidParameterValue, Kind::kLasting,
     "A value is too big for the database (max_allowed_packet)."},
    {1969, ErrorCode::kDeadlineExceeded, Kind::kLasting, kTimeOut},
    {3024, ErrorCode::kDeadlineExceeded, Kind::kLasting,
     "The database did not finish within its time-out (max_execution_time)."},
    {1317, ErrorCode::kTemporarilyUnavailable, Kind::kLasting, "The database was told to end the statement."},
    {1040, ErrorCode::kTemporarilyUnavailable, Kind::kLasting, "The database has too many connections."},
    {1203, ErrorCode::kTemporarilyUnavailable, Kind::kLasting, "The database has too many connections."},
    {1226, ErrorCode::kTemporarilyUnavailable, Kind::kLasting, "The database's user has used up a limit."},
    {1053, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, kEnds},
    {1927, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database ended the connection."},
    {4031, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database ended the connection."},
    {2002, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database cannot be reached."},
    {2003, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database cannot be reached."},
    {2006, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, kBroke},
    {2013, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, kBroke},
    {2055, ErrorCode::kTemporarilyUnavailable, Kind::kPassing, kBroke},
    {1290, ErrorCode::kPermissionDenied, Kind::kLasting, "The database is read-only."},
    {1836, ErrorCode::kPermissionDenied, Kind::kLasting, "The database is read-only."},
    {1021, ErrorCode::kResourceExhausted, Kind::kLasting, kFull},
    {1114, ErrorCode::kResourceExhausted, Kind::kLasting, kFull},
    {1142, ErrorCode::kPermissionDenied, Kind::kLasting, kMayNot},
    {1227, ErrorCode::kPermissionDenied, Kind::kLasting, kMayNot},
    {1044, ErrorCode::kPermissionDenied, Kind::kLasting, kRefused},
    {1045, ErrorCode::kPermissionDenied, Kind::kLasting, kRefused},
    {1049, ErrorCode::kInvalidParameterValue, Kind::kLasting, "There is no such database."},
}};

}  // namespace

TransactionFault fault_of(unsigned number, const std::string& detail) {
  const std::string told = " (" + detail + ")";
  const auto* const meaning = std::find_if(kMeanings.begin(), kMeanings.end(),
                                           [&](const Meaning& one) { return one.number == number; });
  if (meaning == kMeanings.end())
    return {ErrorCode::kInternalError, "The database reported a fault." + told, Kind::kLasting};
  return {meaning->code, std::string(meaning->text) + told, meaning->kind};
}

bool ends_connection(unsigned number) {
  // From 2000 on they are the client library's, which no longer knows where it is.
  const bool of_client = number >= 2000 && number < 3000;
  return of_client || number == 1053 || number == 1927 || number == 4031 || number == 1153;
}

bool is_time_out(unsigned number) {
  return number == 1969 || number == 3024;
}

}  // namespace millrace::sql::mysql

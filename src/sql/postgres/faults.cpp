#include "sql/postgres/faults.h"

#include <algorithm>
#include <array>

namespace millrace::sql::postgres {
namespace {

using Kind = TransactionFault::Kind;

struct Meaning {
  std::string_view state;  ///< five characters, or two for a whole class
  ErrorCode code;
  Kind kind;
  std::string_view text;
};

// The first that fits counts.
constexpr std::array<Meaning, 24> kMeanings{{
    {"40001", ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
     "Others change the same rows of the database; try again."},
    {"40P01", ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
     "Others lock the same rows of the database; try again."},
    // Distributed databases say so of a commit whose answer they lost.
    {"40003", ErrorCode::kTemporarilyUnavailable, Kind::kUnknown,
     "The database does not know whether the change was kept; look before trying again."},
    // Another server was first. The second look sees what it made, and says what that means.
    {"23505", ErrorCode::kResourceConflict, Kind::kPassing, "The database has such a row already."},
    {"23", ErrorCode::kResourceConflict, Kind::kLasting, "The database refused a row."},
    // A division by zero is how a statement ends a transaction whose condition does not hold.
    {"22012", ErrorCode::kResourceConflict, Kind::kPassing, "The database is not as it was expected."},
    {"22", ErrorCode::kInvalidParameterValue, Kind::kLasting, "The database cannot hold a value."},
    {"54", ErrorCode::kInvalidParameterValue, Kind::kLasting, "A value is too big for the database."},
    {"57014", ErrorCode::kDeadlineExceeded, Kind::kLasting,
     "The database did not finish within its time-out (statement_timeout)."},
    {"55P03", ErrorCode::kTemporarilyUnavailable, Kind::kLasting,
     "Others hold a lock of the database; try again."},
    {"57P05", ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database ended the connection."},
    {"57P", ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database is shutting down or starting."},
    {"08", ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The connection to the database broke."},
    {"25P03", ErrorCode::kTemporarilyUnavailable, Kind::kPassing, "The database ended the connection."},
    {"25006", ErrorCode::kPermissionDenied, Kind::kLasting, "The database is read-only."},
    {"53100", ErrorCode::kResourceExhausted, Kind::kLasting,
     "The disk of the database is full; nothing was written."},
    {"53300", ErrorCode::kTemporarilyUnavailable, Kind::kLasting, "The database has too many connections."},
    {"53", ErrorCode::kResourceExhausted, Kind::kLasting, "The database ran out of a resource."},
    {"42501", ErrorCode::kPermissionDenied, Kind::kLasting, "The database's user may not do that."},
    {"28", ErrorCode::kPermissionDenied, Kind::kLasting, "The database did not accept user and password."},
    {"3D000", ErrorCode::kInvalidParameterValue, Kind::kLasting, "There is no such database."},
    {"3F000", ErrorCode::kInvalidParameterValue, Kind::kLasting, "There is no such schema."},
    // Servers of PostgreSQL's protocol, and tables with policies for rows, have no COPY; the second look does
    // without.
    {"0A000", ErrorCode::kNotImplemented, Kind::kPassing, "The database cannot do that."},
    // Of the session's own making, e.g. by a pool of connections between: a new one may have none of it.
    {"26000", ErrorCode::kInternalError, Kind::kPassing, "The database forgot a prepared statement."},
}};

}  // namespace

TransactionFault fault_of(std::string_view sqlstate, const std::string& detail) {
  const auto meaning = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& one) { return sqlstate.starts_with(one.state); });
  if (meaning == kMeanings.end())
    return {ErrorCode::kInternalError, "The database reported a fault. (" + detail + ")", Kind::kLasting};
  return {meaning->code, std::string(meaning->text) + " (" + detail + ")", meaning->kind};
}

}  // namespace millrace::sql::postgres

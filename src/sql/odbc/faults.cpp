#include "sql/odbc/faults.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace millrace::sql::odbc {
namespace {

using Kind = TransactionFault::Kind;

struct Meaning {
  ErrorCode code;
  Kind kind;
  std::string_view text;
};

constexpr Meaning kDeadlock{ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
                            "Others lock the same rows of the database; try again."};
constexpr Meaning kLocked{ErrorCode::kTemporarilyUnavailable, Kind::kLasting,
                          "Others hold a lock of the database; try again."};
// Another server was first. The second look sees what it made, and says what that means.
constexpr Meaning kExists{ErrorCode::kResourceConflict, Kind::kPassing,
                          "The database has such a row already."};
constexpr Meaning kNoRow{ErrorCode::kResourceConflict, Kind::kLasting, "The database refused a row."};
constexpr Meaning kCannotHold{ErrorCode::kInvalidParameterValue, Kind::kLasting,
                              "The database cannot hold a value."};
constexpr Meaning kTimeOut{ErrorCode::kDeadlineExceeded, Kind::kLasting,
                           "The database did not finish within its time-out (query_timeout)."};
constexpr Meaning kBroke{ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
                         "The connection to the database broke."};
constexpr Meaning kAway{ErrorCode::kTemporarilyUnavailable, Kind::kPassing,
                        "The database is not available now."};
constexpr Meaning kRefused{ErrorCode::kPermissionDenied, Kind::kLasting,
                           "The database did not accept user and password."};
constexpr Meaning kNoDatabase{ErrorCode::kInvalidParameterValue, Kind::kLasting,
                              "There is no such database, or the user may not open it."};
constexpr Meaning kMayNot{ErrorCode::kPermissionDenied, Kind::kLasting,
                          "The database's user may not do that."};
constexpr Meaning kReadOnly{ErrorCode::kPermissionDenied, Kind::kLasting, "The database is read-only."};
constexpr Meaning kFull{ErrorCode::kResourceExhausted, Kind::kLasting,
                        "The disk of the database is full; nothing was written."};
constexpr Meaning kNotConfigured{ErrorCode::kInvalidParameterValue, Kind::kLasting,
                                 "ODBC does not know the driver or data source."};
constexpr Meaning kUnknown{ErrorCode::kInternalError, Kind::kLasting, "The database reported a fault."};

struct Numbered {
  int number;
  const Meaning& meaning;
};

// SQL Server's and Azure SQL's.
constexpr std::array<Numbered, 31> kNumbers{{
    {1205, kDeadlock},   {3960, kDeadlock},   {3961, kDeadlock}, {1222, kLocked},    {2601, kExists},
    {2627, kExists},     {547, kNoRow},       {515, kNoRow},     {220, kCannotHold}, {2628, kCannotHold},
    {8115, kCannotHold}, {8152, kCannotHold}, {229, kMayNot},    {230, kMayNot},     {262, kMayNot},
    {297, kMayNot},      {1088, kMayNot},     {2714, kExists},   {3906, kReadOnly},  {18456, kRefused},
    {18452, kRefused},   {4060, kNoDatabase}, {1105, kFull},     {9002, kFull},      {6005, kAway},
    {40197, kAway},      {40501, kAway},      {40613, kAway},    {10928, kAway},     {10929, kAway},
    {49918, kAway},
}};

struct Stated {
  std::string_view start;  ///< of SQLSTATE
  const Meaning& meaning;
};

// The first that fits.
constexpr std::array<Stated, 18> kStates{{
    {"40001", kDeadlock},
    {"40P01", kDeadlock},
    {"40", kDeadlock},
    {"HYT01", kBroke},
    {"HYT", kTimeOut},
    {"57014", kTimeOut},
    {"08", kBroke},
    {"57P", kBroke},
    {"23505", kExists},
    {"23", kNoRow},
    {"22", kCannotHold},
    {"28", kRefused},
    {"3D", kNoDatabase},
    {"42501", kMayNot},
    {"25006", kReadOnly},
    {"53100", kFull},
    {"IM", kNotConfigured},
    {"HY001", kFull},
}};

const Meaning& meaning_of(const Diagnostic& diagnostic) {
  const auto* const numbered = std::find_if(
      kNumbers.begin(), kNumbers.end(), [&](const Numbered& one) { return one.number == diagnostic.native; });
  if (numbered != kNumbers.end()) return numbered->meaning;
  const auto* const stated = std::find_if(kStates.begin(), kStates.end(), [&](const Stated& one) {
    return diagnostic.state.starts_with(one.start);
  });
  return stated != kStates.end() ? stated->meaning : kUnknown;
}

}  // namespace

TransactionFault fault_of(const Diagnostic& diagnostic, const std::string& message) {
  const Meaning& meaning = meaning_of(diagnostic);
  return {meaning.code, std::string(meaning.text) + " (" + message + ")", meaning.kind};
}

bool ends_connection(const Diagnostic& diagnostic) {
  const Meaning& meaning = meaning_of(diagnostic);
  return &meaning == &kBroke || &meaning == &kAway;
}

bool is_time_out(const Diagnostic& diagnostic) {
  return &meaning_of(diagnostic) == &kTimeOut;
}

}  // namespace millrace::sql::odbc

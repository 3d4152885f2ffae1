#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "maintenance/database.h"
#include "sql/connection.h"

namespace millrace::maintenance {

/// A connection to a database that is there, for commands that look at it or clean it up.
struct Session {
  Dialect dialect;
  std::string label;  ///< "database 'x'", without a password
  std::unique_ptr<sql::Connection> connection;
};

/// Connects, without making anything: an SQLite file has to be there. Foreign keys are minded.
Session open_session(const std::string& uri);

bool has_table(Session& session, std::string_view name);

/// Throws INVALID_STATE unless the database has the schema that the stores know.
void require_known_schema(Session& session);

}  // namespace millrace::maintenance

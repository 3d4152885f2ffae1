#pragma once

#include <optional>
#include <string_view>

#include "sql/connection.h"

namespace millrace::tracking::files {

/// Runs a statement with one parameter.
inline void run_for(sql::Connection& connection, std::string_view sql, std::string_view id) {
  connection.prepare(sql).bind(1, id).run();
}

/// Binds a time that the files may not have.
inline void bind_time(sql::Statement& statement, int position, bool has, int64_t time) {
  if (has) {
    statement.bind(position, time);
  } else {
    statement.bind_null(position);
  }
}

}  // namespace millrace::tracking::files

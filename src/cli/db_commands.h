#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace millrace::cli {

/// Each adds one command below `millrace db`. Exit statuses: 0 when all is well, 1 when the command found
/// what is not, 2 when it could not do its work.
void add_db_upgrade(CLI::App& db, int& status);
void add_db_check(CLI::App& db, int& status);
void add_db_stats(CLI::App& db, int& status);
void add_db_gc(CLI::App& db, const CLI::App& program, int& status);

/// The URI that all of them take.
void add_database_uri(CLI::App& command, std::string& uri);

/// Runs a command; says what is thrown, and returns 2 then.
int run_db_command(const char* name, const std::function<int()>& command);

}  // namespace millrace::cli

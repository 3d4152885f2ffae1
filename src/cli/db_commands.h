#pragma once

namespace CLI {
class App;
}

namespace millrace::cli {

/// Each adds one command below `millrace db`. Exit statuses: 0 when all is well, 1 when the command found
/// what is not, 2 when it could not do its work.
void add_db_upgrade(CLI::App& db, int& status);

}  // namespace millrace::cli

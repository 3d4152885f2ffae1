#pragma once

namespace CLI {
class App;
}

namespace millrace::cli {

/// Parses the command line and runs the command it names; the program's exit status.
int run(int argc, char** argv);

/// Each adds one command to the program.
void add_server_command(CLI::App& program, int& status);
void add_import_command(CLI::App& program, int& status);
void add_db_command(CLI::App& program, int& status);
void add_plugin_command(CLI::App& program, int& status);

}  // namespace millrace::cli

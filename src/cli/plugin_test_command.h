#pragma once

namespace CLI {
class App;
}

namespace millrace::cli {

/// Adds `millrace plugin test` to `parent`, the command `plugin`. Its exit status: 0 when no check failed, 1
/// when one did, 2 when the plugin could not be tested.
void add_plugin_test_command(CLI::App& parent, const CLI::App& program, int& status);

}  // namespace millrace::cli

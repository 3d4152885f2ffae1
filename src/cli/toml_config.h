#pragma once

#include <CLI/CLI.hpp>

namespace millrace::cli {

/// Reads the configuration file as TOML 1.0. Tables are commands: [server] holds the flags of `millrace
/// server` without their dashes; [plugins] is passed over. Throws CLI::FileError with line and column for
/// what is no TOML.
class TomlConfig : public CLI::Config {
 public:
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return ""; }
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
};

}  // namespace millrace::cli

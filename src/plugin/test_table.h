#pragma once

#include <map>
#include <string>
#include <vector>

#include "plugin/kind.h"

namespace millrace::plugin {

struct TomlValue;

/// What a plugin's author says about testing one [[provides]] table: [provides.test], read by `millrace
/// plugin test` alone. In its texts "{folder}" stands for an empty folder that each check gets, "{plugin}"
/// for the plugin's own folder. A value.
struct TestTable {
  std::string uri;                              ///< root URI; empty: SCHEME:{folder}
  std::map<std::string, std::string> settings;  ///< laid over the configuration
  std::map<std::string, std::string> samples;   ///< what only the author can know, see conformance/kits.h
  bool in_memory = false;                       ///< data end with the process: nothing outlives it
  std::vector<std::string> deny_space;          ///< command that fills the disk; empty: none
  std::vector<std::string> deny_access;         ///< command that takes permissions away
  std::vector<std::string> permit;              ///< command that undoes both
};

/// Reads the table of what is provided as `kind` under `names`. Throws INVALID_PARAMETER_VALUE
/// "file:line:column: ..." for every fault in it.
TestTable read_test_table(const TomlValue& table, const std::string& file, Kind kind,
                          const std::vector<std::string>& names);

}  // namespace millrace::plugin

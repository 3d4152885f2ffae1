#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

#include "conformance/report.h"
#include "plugin/manifest.h"

namespace millrace::cli {

/// What `millrace plugin test` prints while it runs: a heading, each result as it comes, the names of what
/// failed, and as the last line the counts. On a terminal the check that runs is shown meanwhile.
class PluginTestText {
 public:
  PluginTestText(std::ostream& out, bool terminal) : out_(out), terminal_(terminal), printer_(out) {}

  void begin(const plugin::Manifest& manifest, bool in_process);
  void start(const std::string& check);
  void result(const conformance::Result& result);
  void end(const conformance::Report& report);

 private:
  void clear_line();

  std::ostream& out_;
  const bool terminal_;
  conformance::ReportPrinter printer_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// The same as one JSON object: what Report::json() has, with the plugin's "id", "version", "folder" and
/// "transport" ("child process" or "in process") before it.
std::string plugin_test_json(const plugin::Manifest& manifest, bool in_process,
                             const conformance::Report& report);

}  // namespace millrace::cli

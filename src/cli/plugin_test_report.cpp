#include "cli/plugin_test_report.h"

#include <iomanip>
#include <ostream>

#include "cli/json_object.h"

namespace millrace::cli {
namespace {

using conformance::Result;
using conformance::Verdict;

constexpr size_t kLongestProgress = 70;
constexpr const char* kClearLine = "\r\033[2K";

const char* transport_name(bool in_process) {
  return in_process ? "in process" : "child process";
}

}  // namespace

void PluginTestText::begin(const plugin::Manifest& manifest, bool in_process) {
  out_ << "Testing " << manifest.id << " " << manifest.version << " from " << manifest.folder.string() << ", "
       << transport_name(in_process) << "\n\n"
       << std::flush;
}

void PluginTestText::start(const std::string& check) {
  if (terminal_) out_ << kClearLine << "  ...   " << check.substr(0, kLongestProgress) << std::flush;
}

void PluginTestText::result(const Result& result) {
  clear_line();
  printer_.print(result);
}

void PluginTestText::end(const conformance::Report& report) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
  if (report.count(Verdict::kFailed) > 0) out_ << "\nFailed:\n";
  for (const Result& result : report.results()) {
    if (result.verdict == Verdict::kFailed)
      out_ << "  " << result.kind << " '" << result.name << "': " << result.check << "\n";
  }
  out_ << "\nDone in " << std::fixed << std::setprecision(1) << took.count() << " s";
  printer_.print_summary(report);
  out_ << std::flush;
}

void PluginTestText::clear_line() {
  if (terminal_) out_ << kClearLine;
}

std::string plugin_test_json(const plugin::Manifest& manifest, bool in_process,
                             const conformance::Report& report) {
  JsonObject head;
  head.text("id", manifest.id).text("version", manifest.version).text("folder", manifest.folder.string());
  std::string json = head.text("transport", transport_name(in_process)).str();
  json.back() = ',';
  return json + report.json().substr(1);
}

}  // namespace millrace::cli

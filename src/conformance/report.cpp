#include "conformance/report.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

#include "wire/json_writer.h"

namespace millrace::conformance {
namespace {

constexpr std::array<std::string_view, 3> kVerdicts{"passed", "failed", "skipped"};
constexpr std::array<std::string_view, 3> kMarks{"pass", "FAIL", "skip"};

std::string seconds(std::chrono::milliseconds duration) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(3) << static_cast<double>(duration.count()) / 1000;
  return text.str();
}

std::string printable(std::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return safe;
}

std::string heading_of(const Result& result) {
  std::string heading = result.kind;
  if (!result.name.empty()) heading.append(" '").append(result.name).append("'");
  return heading.append(", ").append(theme_name(result.theme));
}

void append_field(std::string_view name, std::string_view value, std::string& json) {
  wire::append_json_string(name, json);
  json += ':';
  wire::append_json_string(value, json);
  json += ',';
}

void append_log(const std::vector<std::string>& log, std::string& json) {
  json += "\"log\":[";
  for (size_t i = 0; i < log.size(); ++i) {
    if (i > 0) json += ',';
    wire::append_json_string(log[i], json);
  }
  json += "],";
}

void append_result(const Result& result, std::string& json) {
  json += '{';
  append_field("kind", result.kind, json);
  append_field("name", result.name, json);
  append_field("theme", theme_name(result.theme), json);
  append_field("check", result.check, json);
  append_field("verdict", kVerdicts.at(static_cast<size_t>(result.verdict)), json);
  append_field("reason", result.reason, json);
  append_log(result.log, json);
  json += "\"seconds\":" + seconds(result.duration) + "}";
}

}  // namespace

void Report::append(const Report& other) {
  results_.insert(results_.end(), other.results_.begin(), other.results_.end());
}

int Report::count(Verdict verdict) const {
  return static_cast<int>(std::count_if(results_.begin(), results_.end(),
                                        [&](const Result& result) { return result.verdict == verdict; }));
}

int Report::exit_status() const {
  return count(Verdict::kFailed) == 0 && count(Verdict::kPassed) > 0 ? 0 : 1;
}

std::string Report::summary() const {
  std::string line;
  for (const Verdict verdict : {Verdict::kPassed, Verdict::kFailed, Verdict::kNotApplicable}) {
    if (!line.empty()) line += ", ";
    line.append(std::to_string(count(verdict)))
        .append(" ")
        .append(kVerdicts.at(static_cast<size_t>(verdict)));
  }
  return line;
}

std::string Report::json() const {
  std::string json = "{\"passed\":" + std::to_string(count(Verdict::kPassed)) +
                     ",\"failed\":" + std::to_string(count(Verdict::kFailed)) +
                     ",\"skipped\":" + std::to_string(count(Verdict::kNotApplicable)) + ",\"checks\":[";
  for (const Result& result : results_) {
    if (&result != &results_.front()) json += ',';
    append_result(result, json);
  }
  return json + "]}";
}

void ReportPrinter::print(const Result& result) {
  const std::string heading = heading_of(result);
  if (heading != heading_) out_ << (heading_.empty() ? "" : "\n") << heading << "\n";
  heading_ = heading;
  out_ << "  " << kMarks.at(static_cast<size_t>(result.verdict)) << "  " << result.check << " ("
       << seconds(result.duration) << " s)\n";
  if (!result.reason.empty()) out_ << "        " << printable(result.reason) << "\n";
  for (const std::string& line : result.log) out_ << "        log: " << printable(line) << "\n";
  out_.flush();
}

void ReportPrinter::print_summary(const Report& report) {
  out_ << "\n" << report.summary() << "\n";
}

}  // namespace millrace::conformance

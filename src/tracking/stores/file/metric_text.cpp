#include "tracking/stores/file/metric_text.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::tracking::files {
namespace {

constexpr size_t kMostFields = 6;
constexpr size_t kLongestLine = 16384;
constexpr int64_t kTailBytes = 128;

// The fields of a line between single blanks; empty when there are too many.
std::vector<std::string_view> fields_of(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  std::vector<std::string_view> fields;
  for (size_t start = 0; start <= line.size();) {
    const size_t end = std::min(line.find(' ', start), line.size());
    fields.push_back(line.substr(start, end - start));
    start = end + 1;
    if (fields.size() > kMostFields) return {};
  }
  return fields;
}

template <typename Number>
bool parse(std::string_view text, Number& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc::result_out_of_range) {
    // As Python reads it: 1e999 is infinite, 1e-999 nothing.
    if constexpr (std::is_floating_point_v<Number>) {
      number = text.find("e-") != std::string_view::npos ? 0 : std::numeric_limits<Number>::infinity();
      if (text.starts_with('-')) number = -number;
      return true;
    }
  }
  return !text.empty() && fault == std::errc() && end == text.data() + text.size();
}

bool parse_point(const std::vector<std::string_view>& fields, v1::Metric& metric) {
  int64_t timestamp = 0;
  int64_t step = 0;
  double value = 0;
  if (!parse(fields[0], timestamp) || !parse(fields[1], value)) return false;
  if (fields.size() > 2 && !parse(fields[2], step)) return false;
  metric.set_timestamp(timestamp);
  metric.set_value(value);
  metric.set_step(step);
  return true;
}

void set_dataset(std::string_view name, std::string_view digest, v1::Metric& metric) {
  metric.set_dataset_name(std::string(name));
  metric.set_dataset_digest(std::string(digest));
}

// The shortest text that reads as the same number, as Python's repr() gives it.
std::string value_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 32> buffer{};
  const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool is_word(const std::string& text) {
  return !text.empty() && text.find_first_of(" \r\n\t") == std::string::npos;
}

std::string dataset_text(const v1::Metric& metric) {
  if (!is_word(metric.dataset_name()) || !is_word(metric.dataset_digest())) return "";
  return " " + metric.dataset_name() + " " + metric.dataset_digest();
}

std::string point_text(const v1::Metric& metric) {
  return std::to_string(metric.timestamp()) + " " + value_text(metric.value()) + " " +
         std::to_string(metric.step());
}

int64_t tail_of(const Descriptor& file, int64_t end, const std::string& path) {
  const int64_t length = std::min(end, kTailBytes);
  std::array<char, kTailBytes> buffer{};
  const ssize_t count = pread(file.get(), buffer.data(), static_cast<size_t>(length), end - length);
  if (count < 0) throw_errno(errno, "read " + path);
  return mix(end, std::string_view(buffer.data(), static_cast<size_t>(count)));
}

}  // namespace

std::optional<v1::Metric> parse_run_line(std::string_view line) {
  const auto fields = fields_of(line);
  v1::Metric metric;
  if (fields.size() != 2 && fields.size() != 3 && fields.size() != 5) return std::nullopt;
  if (!is_valid_utf8(line) || !parse_point(fields, metric)) return std::nullopt;
  if (fields.size() == 5) set_dataset(fields[3], fields[4], metric);
  return metric;
}

std::optional<v1::Metric> parse_model_line(std::string_view line) {
  const auto fields = fields_of(line);
  v1::Metric metric;
  if (fields.size() != 4 && fields.size() != 6) return std::nullopt;
  if (!is_valid_utf8(line) || !parse_point(fields, metric)) return std::nullopt;
  metric.set_run_id(std::string(fields[3]));
  if (fields.size() == 6) set_dataset(fields[4], fields[5], metric);
  return metric;
}

std::string run_line(const v1::Metric& metric) {
  return point_text(metric) + dataset_text(metric) + "\n";
}

std::string model_line(const v1::Metric& metric, std::string_view run_id) {
  return point_text(metric) + " " + std::string(run_id) + dataset_text(metric) + "\n";
}

MetricRead read_metric_lines(const Folder& folder, const std::string& name, int64_t begin, bool take_rest,
                             const std::function<bool(std::string_view line)>& take) {
  const Descriptor file = folder.open_file(name);
  MetricRead result;
  result.end = begin;
  std::string rest;
  std::vector<char> buffer(256 * 1024);
  const auto take_line = [&](std::string_view line) {
    result.end += static_cast<int64_t>(line.size());
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !take(line)) ++result.bad_lines;
  };
  for (int64_t at = begin;;) {
    const ssize_t count = pread(file.get(), buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno(errno, "read " + folder.path_of(name));
    if (count == 0) break;
    at += count;
    rest.append(buffer.data(), static_cast<size_t>(count));
    size_t start = 0;
    for (size_t end = 0; (end = rest.find('\n', start)) != std::string::npos; start = end + 1)
      take_line(std::string_view(rest).substr(start, end + 1 - start));
    rest.erase(0, start);
    if (rest.size() > kLongestLine)
      throw_invalid_parameter(folder.path_of(name) + " has a line of more than " +
                              std::to_string(kLongestLine) + " bytes.");
  }
  result.has_rest = !rest.empty();
  if (take_rest && result.has_rest) take_line(rest);
  result.tail = tail_of(file, result.end, folder.path_of(name));
  return result;
}

int64_t tail_before(const Folder& folder, const std::string& name, int64_t end) {
  return tail_of(folder.open_file(name), end, folder.path_of(name));
}

}  // namespace millrace::tracking::files

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/v1/metrics.pb.h"
#include "tracking/stores/file/folder.h"

namespace millrace::tracking::files {

/// A line of a file of metrics of a run: "timestamp value", "timestamp value step" or "timestamp value step
/// dataset-name dataset-digest". Nothing when it is none of them.
std::optional<v1::Metric> parse_run_line(std::string_view line);

/// Of a model: "timestamp value step run-id", with name and digest of a data set behind it or not.
std::optional<v1::Metric> parse_model_line(std::string_view line);

/// The line with its end, as the reference writes it. Names of data sets with blanks would not be read again,
/// so they are left out.
std::string run_line(const v1::Metric& metric);
std::string model_line(const v1::Metric& metric, std::string_view run_id);

/// Where reading a file of metrics went on to.
struct MetricRead {
  int64_t end = 0;        ///< bytes up to which lines were taken
  int64_t tail = 0;       ///< a stamp of the last bytes before the end
  int64_t bad_lines = 0;  ///< lines that were left out
  bool has_rest = false;  ///< an unfinished line follows
};

/// Calls `take` with each whole line from `begin` on. A last line without its end is taken when `take_rest`
/// is set, else left for the next time, when it may be finished.
MetricRead read_metric_lines(const Folder& folder, const std::string& name, int64_t begin, bool take_rest,
                             const std::function<bool(std::string_view line)>& take);

/// The stamp of the bytes before `end`, which tells whether a file was only appended to.
int64_t tail_before(const Folder& folder, const std::string& name, int64_t end);

}  // namespace millrace::tracking::files

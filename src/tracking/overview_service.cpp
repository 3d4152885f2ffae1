#include "tracking/overview_service.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/error.h"
#include "query/query.h"
#include "tracking/rules/run_scope.h"

namespace millrace::tracking {
namespace {

constexpr int kDefaultRows = 100'000;
constexpr int kMostRows = 200'000;
constexpr int kMostColumns = 500;
// What one answer may hold, about 100 MB as text.
constexpr int64_t kMostCells = 8'000'000;
constexpr int kDefaultText = 500;
constexpr int kLongestText = 8'000;
constexpr int kMostFirstColumns = 50;
constexpr int kDefaultKeys = 2'000;
constexpr int kMostKeys = 10'000;
constexpr int kMostLineRuns = 1'000;
constexpr int kMostLineKeys = 100;
constexpr int kDefaultPoints = 500;
constexpr int kMostPoints = 5'000;
// Points of all lines of one answer.
constexpr int64_t kMostLinePoints = 5'000'000;

constexpr std::array<std::string_view, 8> kAttributes{"run_name",        "status",        "user_id",
                                                      "lifecycle_stage", "experiment_id", "artifact_uri",
                                                      "start_time",      "end_time"};

int32_t limited(bool given, int32_t value, int32_t otherwise, int32_t least, int32_t most, const char* name) {
  if (!given) return otherwise;
  if (value >= least && value <= most) return value;
  throw_invalid_parameter("Invalid value " + std::to_string(value) + " for parameter '" + name +
                          "' supplied. It must be between " + std::to_string(least) + " and " +
                          std::to_string(most) + ".");
}

void check_count(int count, int most, const char* name) {
  if (count <= most) return;
  throw_invalid_parameter("'" + std::string(name) + "' may have " + std::to_string(most) + " entries; " +
                          std::to_string(count) + " were given.");
}

void check_attributes(const TextList& attributes) {
  for (const std::string& name : attributes) {
    bool known = false;
    for (const std::string_view attribute : kAttributes) known = known || attribute == name;
    if (!known) throw_invalid_parameter("Runs have no attribute '" + name + "' that a table can show.");
  }
}

// FNV-1a over the ids in order; tells apart, does not protect.
std::string digest_of(const TextList& run_ids) {
  uint64_t digest = 14695981039346656037U;
  for (const std::string& id : run_ids) {
    for (const char c : id) digest = (digest ^ static_cast<unsigned char>(c)) * 1099511628211U;
    digest = (digest ^ 0xffU) * 1099511628211U;
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(digest >> shift) & 15U];
  return text;
}

v1::plugin::RunTableQuery table_query(const v1::SearchRunTableRequest& request) {
  v1::plugin::RunTableQuery query;
  v1::plugin::RunQuery& search = *query.mutable_search();
  search.mutable_page()->set_limit(
      limited(request.has_max_results(), request.max_results(), kDefaultRows, 1, kMostRows, "max_results"));
  search.set_view_type(request.run_view_type() == v1::VIEW_TYPE_UNSPECIFIED ? v1::ACTIVE_ONLY
                                                                            : request.run_view_type());
  *search.mutable_filter() = query::parse_filter(query::Entity::kRun, request.filter());
  set_order(search, request.order_by());
  check_attributes(request.attributes());
  *query.mutable_attributes() = request.attributes();
  *query.mutable_metrics() = request.metrics();
  *query.mutable_params() = request.params();
  *query.mutable_tags() = request.tags();
  query.set_longest_text(limited(request.has_longest_text(), request.longest_text(), kDefaultText, 1,
                                 kLongestText, "longest_text"));
  if (request.first_row() < 0) throw_invalid_parameter("'first_row' must not be negative.");
  query.set_first_row(request.first_row());
  query.set_with_total(request.with_total());
  return query;
}

int column_count(const v1::plugin::RunTableQuery& query) {
  return query.attributes_size() + query.metrics_size() + query.params_size() + query.tags_size();
}

template <typename List>
void add_first(const TextList& keys, int count, List& list) {
  for (int i = 0; i < std::min(count, keys.size()); ++i) *list.Add() = keys.Get(i);
}

bool names_columns(const v1::SearchRunTableRequest& request) {
  return request.metrics_size() + request.params_size() > 0;
}

// A store reads all columns of one search at once, so what it may have to hold is known before.
void check_cells(const v1::plugin::RunTableQuery& query) {
  const int columns = column_count(query);
  check_count(columns, kMostColumns, "attributes, metrics, params and tags");
  const int64_t most_rows = kMostCells / std::max(1, columns);
  if (query.search().page().limit() <= most_rows) return;
  throw_invalid_parameter("A table of " + std::to_string(query.search().page().limit()) + " rows and " +
                          std::to_string(columns) + " columns is too large for one answer: ask for at most " +
                          std::to_string(most_rows) + " rows, or for fewer columns at once.");
}

}  // namespace

v1::RunTable TrackingOverviewService::search_run_table(const CallContext& context,
                                                       const v1::SearchRunTableRequest& request) {
  v1::plugin::RunTableQuery query = table_query(request);
  v1::RunTable table;
  TextList& experiments = *query.mutable_search()->mutable_experiment_ids();
  if (set_scope(experiments, request.experiment_ids())) {
    v1::RunColumns keys;
    const int first = limited(request.has_first_columns() && !names_columns(request), request.first_columns(),
                              0, 0, kMostFirstColumns, "first_columns");
    if (request.with_context() || first > 0) keys = keys_of(context, experiments);
    add_first(keys.metrics(), first, *query.mutable_metrics());
    add_first(keys.params(), first, *query.mutable_params());
    check_cells(query);
    table = store_.read_run_table(context, query);
    if (request.with_context()) {
      *table.mutable_keys() = std::move(keys);
      add_experiments(context, experiments, table);
    }
  }
  table.set_row_count(table.run_ids_size());
  table.set_row_digest(digest_of(table.run_ids()));
  if (request.without_run_ids()) table.clear_run_ids();
  return table;
}

v1::RunColumns TrackingOverviewService::keys_of(const CallContext& context, const TextList& experiment_ids) {
  v1::plugin::RunColumnsQuery query;
  query.set_limit(kDefaultKeys);
  query.set_quick(true);
  *query.mutable_experiment_ids() = experiment_ids;
  return store_.list_run_columns(context, query);
}

void TrackingOverviewService::add_experiments(const CallContext& context, const TextList& experiment_ids,
                                              v1::RunTable& table) {
  for (const std::string& id : experiment_ids) {
    v1::plugin::ExperimentLookup lookup;
    lookup.set_experiment_id(id);
    *table.add_experiments() = store_.get_experiment(context, lookup);
  }
}

v1::RunColumns TrackingOverviewService::list_run_columns(const CallContext& context,
                                                         const v1::ListRunColumnsRequest& request) {
  v1::plugin::RunColumnsQuery query;
  query.set_contains(request.contains());
  query.set_limit(
      limited(request.has_max_results(), request.max_results(), kDefaultKeys, 1, kMostKeys, "max_results"));
  if (!set_scope(*query.mutable_experiment_ids(), request.experiment_ids())) return {};
  return store_.list_run_columns(context, query);
}

v1::CountRunsResponse TrackingOverviewService::count_runs(const CallContext& context,
                                                          const v1::CountRunsRequest& request) {
  return store_.count_runs(context, request);
}

v1::GetMetricLinesResponse TrackingOverviewService::get_metric_lines(
    const CallContext& context, const v1::GetMetricLinesRequest& request) {
  check_count(request.run_ids_size(), kMostLineRuns, "run_ids");
  check_count(request.metric_keys_size(), kMostLineKeys, "metric_keys");
  v1::plugin::MetricLinesQuery query;
  query.set_max_points(
      limited(request.has_max_points(), request.max_points(), kDefaultPoints, 2, kMostPoints, "max_points"));
  query.set_exact_points(
      std::max(query.max_points(), limited(request.has_exact_points(), request.exact_points(),
                                           query.max_points(), 0, kMostPoints, "exact_points")));
  if (int64_t{request.run_ids_size()} * request.metric_keys_size() * query.exact_points() > kMostLinePoints) {
    throw_invalid_parameter("Runs times metrics times points of a line (max_points, exact_points) may be " +
                            std::to_string(kMostLinePoints) +
                            " at most: ask for fewer points or fewer lines.");
  }
  *query.mutable_run_ids() = request.run_ids();
  *query.mutable_metric_keys() = request.metric_keys();
  if (request.has_start_step()) query.set_start_step(request.start_step());
  if (request.has_end_step()) query.set_end_step(request.end_step());
  query.set_quick(request.quick());
  v1::GetMetricLinesResponse response = store_.read_metric_lines(context, query);
  if (request.without_timestamps()) {
    for (v1::MetricLine& line : *response.mutable_lines()) line.clear_timestamps();
  }
  return response;
}

}  // namespace millrace::tracking

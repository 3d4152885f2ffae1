#include "tracking/stores/sql/run_data_bulk.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "sql/fault.h"
#include "tracking/stores/sql/model_metrics.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_tags.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::RunDataWrite;
using Texts = std::vector<std::string_view>;
/// Of a param or tag: key, then run, which is the order of the primary keys.
using RowKey = std::pair<std::string_view, std::string_view>;
using Pairs = std::map<RowKey, std::string_view>;

// What COPY spares in the server, it costs in journeys first.
constexpr size_t kWorthCopying = 200;

// The columns of rows of `metrics` or `latest_metrics`.
class MetricRows {
 public:
  void add(std::string_view run_id, const v1::Metric& metric) {
    const StoredValue value = stored_value(metric.value());
    keys_.push_back(metric.key());
    values_.push_back(value.value);
    timestamps_.push_back(metric.timestamp());
    steps_.push_back(metric.step());
    are_nan_.push_back(value.is_nan ? 1 : 0);
    runs_.push_back(run_id);
  }

  void write(Connection& connection, std::string_view insert) const {
    auto statement = connection.prepare(insert);
    statement.bind_list(1, keys_).bind_list(2, values_).bind_list(3, timestamps_).bind_list(4, steps_);
    statement.bind_booleans(5, are_nan_).bind_list(6, runs_).run();
  }

  // False, and nothing done, where there is no way to.
  bool copy(Connection& connection) const {
    const std::array<sql::Column, 6> columns{keys_, values_, timestamps_, steps_, are_nan_, runs_};
    return connection.copy("metrics(key, value, timestamp, step, is_nan, run_uuid)", columns);
  }

 private:
  Texts keys_;
  std::vector<double> values_;
  std::vector<int64_t> timestamps_;
  std::vector<int64_t> steps_;
  std::vector<char> are_nan_;
  Texts runs_;
};

struct MetricOfRun {
  std::string_view run_id;
  const v1::Metric* metric;

  RowKey row() const { return {metric->key(), run_id}; }
};

// By step, then timestamp, then value; NaN counts as the 0 it is stored as.
bool is_later(const v1::Metric& a, const v1::Metric& b) {
  return std::tuple(a.step(), a.timestamp(), stored_value(a.value()).value) >
         std::tuple(b.step(), b.timestamp(), stored_value(b.value()).value);
}

std::unordered_map<std::string, RunState> read_states(Connection& connection,
                                                      std::span<RunDataItem* const> items) {
  Texts ids;
  for (const RunDataItem* item : items) ids.push_back(item->request.run_id());
  auto row = connection.prepare(
      "SELECT run_uuid, experiment_id, lifecycle_stage FROM runs WHERE run_uuid = ANY(?1)");
  row.bind_list(1, ids);
  std::unordered_map<std::string, RunState> states;
  while (row.step()) states.emplace(row.text(0), RunState{row.integer(1), std::string(row.text(2))});
  return states;
}

// Those of the items whose runs are there and active.
std::vector<RunDataItem*> with_active_runs(std::span<RunDataItem* const> items,
                                           const std::unordered_map<std::string, RunState>& states) {
  std::vector<RunDataItem*> active;
  for (RunDataItem* item : items) {
    try {
      const auto state = states.find(item->request.run_id());
      if (state == states.end()) throw_no_run(item->request.run_id());
      check_stage(item->request.run_id(), state->second, "active");
      active.push_back(item);
    } catch (const Error&) {
      item->fault = std::current_exception();
    }
  }
  return active;
}

// Metrics alone need nothing from the database before they are written.
bool are_metrics_alone(std::span<RunDataItem* const> items) {
  return std::all_of(items.begin(), items.end(), [](const RunDataItem* item) {
    const RunDataWrite& request = item->request;
    return request.params().empty() && request.tags().empty() &&
           std::all_of(request.metrics().begin(), request.metrics().end(),
                       [](const v1::Metric& metric) { return metric.model_id().empty(); });
  });
}

// Ends the transaction, with a fault that passes, unless all the runs are there and active.
void require_active(Connection& connection, std::span<RunDataItem* const> items) {
  std::set<std::string_view> runs;
  for (const RunDataItem* item : items) runs.insert(item->request.run_id());
  auto condition = connection.prepare(
      "SELECT 1 / CASE WHEN count(*) = ?2 THEN 1 ELSE 0 END FROM runs WHERE run_uuid = ANY(?1) AND "
      "lifecycle_stage = 'active'");
  condition.bind_list(1, Texts(runs.begin(), runs.end())).bind(2, static_cast<int64_t>(runs.size()));
  condition.send();
}

// The params of a group: what the database has of them, and what is new.
class ParamRows {
 public:
  ParamRows(Connection& connection, std::span<RunDataItem* const> items) : connection_(connection) {
    Texts runs;
    Texts keys;
    for (const RunDataItem* item : items) {
      for (const v1::Param& param : item->request.params()) {
        runs.push_back(item->request.run_id());
        keys.push_back(param.key());
      }
    }
    if (!keys.empty()) read(runs, keys);
  }

  // False when a param of the item has another value already, which its outcome then tells.
  bool accept(RunDataItem& item) {
    for (const v1::Param& param : item.request.params()) {
      const std::string* existing = value_of(item.request.run_id(), param.key());
      if (existing == nullptr || *existing == param.value()) continue;
      auto& conflict = *item.outcome.add_conflicts();
      conflict.set_key(param.key());
      conflict.set_existing_value(*existing);
      conflict.set_new_value(param.value());
    }
    if (item.outcome.conflicts_size() > 0) return false;
    for (const v1::Param& param : item.request.params()) add(item.request.run_id(), param);
    return true;
  }

  // Another server may have been quicker with one of them: then all is looked at again. What stays so is of
  // the database's collation.
  void write() const {
    if (added_.empty()) return;
    Texts keys;
    Texts values;
    Texts runs;
    for (const auto& [row, value] : added_) {
      keys.push_back(row.first);
      values.push_back(value);
      runs.push_back(row.second);
    }
    connection_
        .prepare(
            "INSERT INTO params(key, value, run_uuid) SELECT * FROM unnest(?1, ?2, ?3) ON CONFLICT DO "
            "NOTHING")
        .bind_list(1, keys)
        .bind_list(2, values)
        .bind_list(3, runs)
        .run();
    if (connection_.changes() == static_cast<int64_t>(added_.size())) return;
    throw sql::TransactionFault(ErrorCode::kResourceConflict,
                                "The database has such a param already; its collation may take names for the "
                                "same that differ in case.",
                                sql::TransactionFault::Kind::kPassing);
  }

 private:
  void read(const Texts& runs, const Texts& keys) {
    auto row = connection_.prepare(
        "SELECT p.run_uuid, p.key, p.value FROM params p WHERE (p.run_uuid, p.key) IN (SELECT * FROM "
        "unnest(?1, ?2))");
    row.bind_list(1, runs).bind_list(2, keys);
    while (row.step()) values_.emplace(name(row.text(0), row.text(1)), row.text(2));
  }

  void add(std::string_view run_id, const v1::Param& param) {
    if (!values_.emplace(name(run_id, param.key()), param.value()).second) return;
    added_.emplace(RowKey(param.key(), run_id), param.value());
  }

  const std::string* value_of(std::string_view run_id, std::string_view key) const {
    const auto found = values_.find(name(run_id, key));
    return found == values_.end() ? nullptr : &found->second;
  }

  // Ids of runs have no blanks.
  static std::string name(std::string_view run_id, std::string_view key) {
    return std::string(run_id) + " " + std::string(key);
  }

  Connection& connection_;
  std::unordered_map<std::string, std::string> values_;
  Pairs added_;
};

std::vector<MetricOfRun> metrics_of(std::span<RunDataItem* const> items) {
  std::vector<MetricOfRun> metrics;
  for (const RunDataItem* item : items) {
    for (const v1::Metric& metric : item->request.metrics())
      metrics.push_back({item->request.run_id(), &metric});
  }
  std::sort(metrics.begin(), metrics.end(), [](const MetricOfRun& a, const MetricOfRun& b) {
    return std::tuple(a.row(), a.metric->timestamp(), a.metric->step()) <
           std::tuple(b.row(), b.metric->timestamp(), b.metric->step());
  });
  return metrics;
}

void write_latest(Connection& connection, const std::vector<MetricOfRun>& metrics) {
  MetricRows rows;
  for (size_t i = 0; i < metrics.size();) {
    const MetricOfRun* latest = &metrics[i];
    for (++i; i < metrics.size() && metrics[i].row() == latest->row(); ++i) {
      if (is_later(*metrics[i].metric, *latest->metric)) latest = &metrics[i];
    }
    rows.add(latest->run_id, *latest->metric);
  }
  rows.write(connection,
             "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) "
             "SELECT * FROM unnest(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(key, run_uuid) DO UPDATE SET "
             "value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, "
             "is_nan = excluded.is_nan WHERE (excluded.step, excluded.timestamp, excluded.value) > "
             "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)");
}

void write_metrics(Connection& connection, std::span<RunDataItem* const> items, bool are_new) {
  const std::vector<MetricOfRun> metrics = metrics_of(items);
  if (metrics.empty()) return;
  MetricRows rows;
  for (const MetricOfRun& metric : metrics) rows.add(metric.run_id, *metric.metric);
  if (!are_new || metrics.size() < kWorthCopying || !rows.copy(connection)) {
    rows.write(connection,
               "INSERT INTO metrics(key, value, timestamp, step, is_nan, run_uuid) "
               "SELECT * FROM unnest(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
  }
  write_latest(connection, metrics);
}

void write_tags(Connection& connection, std::span<RunDataItem* const> items) {
  Pairs tags;
  for (const RunDataItem* item : items) {
    for (const v1::RunTag& tag : item->request.tags()) {
      tags[{tag.key(), item->request.run_id()}] = tag.value();
      if (names_run(tag.key(), tag.value())) rename_run(connection, item->request.run_id(), tag.value());
    }
  }
  if (tags.empty()) return;
  Texts keys;
  Texts values;
  Texts runs;
  for (const auto& [row, value] : tags) {
    keys.push_back(row.first);
    values.push_back(value);
    runs.push_back(row.second);
  }
  connection
      .prepare(
          "INSERT INTO tags(key, value, run_uuid) SELECT * FROM unnest(?1, ?2, ?3) "
          "ON CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value")
      .bind_list(1, keys)
      .bind_list(2, values)
      .bind_list(3, runs)
      .run();
}

}  // namespace

void write_run_data_together(Connection& connection, std::span<sql::BulkItem* const> bulk) {
  std::vector<RunDataItem*> items;
  for (sql::BulkItem* item : bulk) {
    items.push_back(static_cast<RunDataItem*>(item));
    items.back()->outcome.Clear();
  }
  const bool first_attempt =
      std::none_of(items.begin(), items.end(), [](const auto* item) { return item->tried_before; });
  for (RunDataItem* item : items) item->tried_before = true;
  if (first_attempt && connection.is_pipelined() && are_metrics_alone(items)) {
    require_active(connection, items);
    return write_metrics(connection, items, first_attempt);
  }
  const auto states = read_states(connection, items);
  const std::vector<RunDataItem*> active = with_active_runs(items, states);
  ParamRows params(connection, active);
  std::vector<RunDataItem*> accepted;
  for (RunDataItem* item : active) {
    if (params.accept(*item)) accepted.push_back(item);
  }
  write_metrics(connection, accepted, first_attempt);
  params.write();
  for (const RunDataItem* item : accepted)
    write_model_metrics(connection, item->request, states.at(item->request.run_id()).experiment_id);
  write_tags(connection, accepted);
}

}  // namespace millrace::tracking

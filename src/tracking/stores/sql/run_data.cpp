#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "tracking/stores/sql/model_metrics.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_data_bulk.h"
#include "tracking/stores/sql/run_tags.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::RunDataOutcome;
using v1::plugin::RunDataWrite;

// Adds every param that has another value already to `outcome`.
void find_conflicts(Connection& connection, const RunDataWrite& request, RunDataOutcome& outcome) {
  if (request.params().empty()) return;
  auto existing = connection.prepare("SELECT value FROM params WHERE key = ?1 AND run_uuid = ?2");
  for (const v1::Param& param : request.params()) {
    existing.bind(1, std::string_view(param.key())).bind(2, std::string_view(request.run_id()));
    if (existing.step() && existing.text(0) != param.value()) {
      auto& conflict = *outcome.add_conflicts();
      conflict.set_key(param.key());
      conflict.set_existing_value(std::string(existing.text(0)));
      conflict.set_new_value(param.value());
    }
    existing.reset();
  }
}

void write_params(Connection& connection, const RunDataWrite& request) {
  if (request.params().empty()) return;
  auto insert = connection.prepare(
      "INSERT INTO params(key, value, run_uuid) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING");
  for (const v1::Param& param : request.params()) {
    insert.bind(1, std::string_view(param.key())).bind(2, std::string_view(param.value()));
    insert.bind(3, std::string_view(request.run_id())).run();
  }
}

// Order of the primary key of `metrics`, so that neighbours in a batch are neighbours in the index.
std::vector<const v1::Metric*> in_index_order(const RunDataWrite& request) {
  std::vector<const v1::Metric*> metrics;
  metrics.reserve(static_cast<size_t>(request.metrics_size()));
  for (const v1::Metric& metric : request.metrics()) metrics.push_back(&metric);
  std::sort(metrics.begin(), metrics.end(), [](const v1::Metric* a, const v1::Metric* b) {
    const int order = a->key().compare(b->key());
    return order != 0 ? order < 0
                      : std::tuple(a->timestamp(), a->step()) < std::tuple(b->timestamp(), b->step());
  });
  return metrics;
}

// By step, then timestamp, then value; NaN counts as the 0 it is stored as.
bool is_later(const v1::Metric& a, const v1::Metric& b) {
  return std::tuple(a.step(), a.timestamp(), stored_value(a.value()).value) >
         std::tuple(b.step(), b.timestamp(), stored_value(b.value()).value);
}

void write_latest(sql::Statement& upsert, std::string_view run_id, const v1::Metric& metric) {
  const StoredValue value = stored_value(metric.value());
  upsert.bind(1, std::string_view(metric.key())).bind(2, value.value).bind(3, metric.timestamp());
  upsert.bind(4, metric.step()).bind_boolean(5, value.is_nan).bind(6, run_id).run();
}

void write_metrics(Connection& connection, const RunDataWrite& request) {
  if (request.metrics().empty()) return;
  auto insert = connection.prepare(
      "INSERT INTO metrics(key, value, timestamp, run_uuid, step, is_nan) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
      "ON CONFLICT DO NOTHING");
  auto latest = connection.prepare(
      "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES(?1, ?2, ?3, ?4, ?5, "
      "?6) "
      "ON CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, "
      "step = excluded.step, is_nan = excluded.is_nan "
      "WHERE (excluded.step, excluded.timestamp, excluded.value) > "
      "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)");
  const v1::Metric* latest_of_key = nullptr;
  insert.bind(4, std::string_view(request.run_id()));
  for (const v1::Metric* metric : in_index_order(request)) {
    const StoredValue value = stored_value(metric->value());
    insert.bind(1, std::string_view(metric->key())).bind(2, value.value).bind(3, metric->timestamp());
    insert.bind(5, metric->step()).bind_boolean(6, value.is_nan).run();
    if (latest_of_key != nullptr && latest_of_key->key() != metric->key()) {
      write_latest(latest, request.run_id(), *latest_of_key);
      latest_of_key = nullptr;
    }
    if (latest_of_key == nullptr || is_later(*metric, *latest_of_key)) latest_of_key = metric;
  }
  if (latest_of_key != nullptr) write_latest(latest, request.run_id(), *latest_of_key);
}

RunDataOutcome write(Connection& connection, const RunDataWrite& request) {
  const RunState run = require_run(connection, request.run_id(), "active");
  RunDataOutcome outcome;
  find_conflicts(connection, request, outcome);
  if (outcome.conflicts_size() > 0) return outcome;
  write_params(connection, request);
  write_metrics(connection, request);
  write_model_metrics(connection, request, run.experiment_id);
  for (const v1::RunTag& tag : request.tags())
    write_run_tag(connection, request.run_id(), tag.key(), tag.value());
  return outcome;
}

}  // namespace

RunDataOutcome SqlTrackingStore::write_run_data(const CallContext&, const RunDataWrite& request) {
  if (database_->is_remote()) {
    const auto item = std::make_shared<RunDataItem>(request);
    database_->writer().run(write_run_data_together, item);
    return std::move(item->outcome);
  }
  return database_->writer().call([&](Connection& connection) { return write(connection, request); });
}

bool SqlTrackingStore::start_write_run_data(const CallContext&, const RunDataWrite& request,
                                            Reply<RunDataOutcome> reply) {
  if (database_->is_remote()) {
    auto item = std::make_shared<RunDataItem>(request);
    database_->writer().submit(
        write_run_data_together, item, [item, reply = std::move(reply)](std::exception_ptr fault) {
          reply(fault ? Outcome<RunDataOutcome>(std::move(fault)) : std::move(item->outcome));
        });
    return true;
  }
  auto outcome = std::make_shared<RunDataOutcome>();
  database_->writer().submit(
      [&request, outcome](Connection& connection) { *outcome = write(connection, request); },
      [outcome, reply = std::move(reply)](const std::exception_ptr& fault) {
        reply(fault ? Outcome<RunDataOutcome>(fault) : std::move(*outcome));
      });
  return true;
}

}  // namespace millrace::tracking

#include <set>

#include "base/error.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/metric_text.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_tags.h"

namespace millrace::tracking {
namespace {

using files::ThingKind;
using files::ThingPlace;
using sql::Connection;
using v1::plugin::RunDataOutcome;
using v1::plugin::RunDataWrite;

std::vector<std::string> models_of(const RunDataWrite& request) {
  std::set<std::string> ids;
  for (const v1::Metric& metric : request.metrics()) {
    if (!metric.model_id().empty()) ids.insert(metric.model_id());
  }
  return {ids.begin(), ids.end()};
}

// Params that have another value go to `outcome`; the keys of those that are there with the same are
// returned.
std::set<std::string> known_params(Connection& connection, const RunDataWrite& request,
                                   RunDataOutcome& outcome) {
  std::set<std::string> known;
  auto existing = connection.prepare("SELECT value FROM params WHERE key = ?1 AND run_uuid = ?2");
  for (const v1::Param& param : request.params()) {
    existing.bind(1, std::string_view(param.key())).bind(2, std::string_view(request.run_id()));
    if (existing.step()) {
      known.insert(param.key());
      if (existing.text(0) != param.value()) {
        auto& conflict = *outcome.add_conflicts();
        conflict.set_key(param.key());
        conflict.set_existing_value(std::string(existing.text(0)));
        conflict.set_new_value(param.value());
      }
    }
    existing.reset();
  }
  return known;
}

// For each metric of the request whether the run has that very point.
std::vector<bool> known_points(Connection& connection, const RunDataWrite& request) {
  std::vector<bool> known;
  auto row = connection.prepare(
      "SELECT 1 FROM metrics WHERE key = ?1 AND timestamp = ?2 AND step = ?3 AND run_uuid = ?4 AND value = "
      "?5 AND "
      "is_nan = ?6");
  for (const v1::Metric& metric : request.metrics()) {
    const StoredValue value = stored_value(metric.value());
    row.bind(1, std::string_view(metric.key())).bind(2, metric.timestamp()).bind(3, metric.step());
    row.bind(4, std::string_view(request.run_id())).bind(5, value.value).bind_boolean(6, value.is_nan);
    known.push_back(row.step());
    row.reset();
  }
  return known;
}

int64_t count_points(Connection& connection, const v1::plugin::MetricDeletion& request,
                     const std::string& key) {
  auto row = connection.prepare(
      "SELECT COUNT(*) FROM metrics WHERE run_uuid = ?1 AND key = ?2 AND (?3 IS NULL OR step > ?3)");
  row.bind(1, std::string_view(request.run_id())).bind(2, std::string_view(key));
  if (request.has_after_step()) row.bind(3, request.after_step());
  return row.step() ? row.integer(0) : 0;
}

}  // namespace

void FileTrackingStore::add_metrics(RunWrite& run, const RunDataWrite& request) {
  const auto known = index_->database()->readers().read(
      [&](Connection& connection) { return known_points(connection, request); });
  std::set<std::string> written;
  for (int i = 0; i < request.metrics_size(); ++i) {
    const v1::Metric& metric = request.metrics(i);
    const std::string line = files::run_line(metric);
    if (known.at(static_cast<size_t>(i)) || !written.insert(metric.key() + "\n" + line).second) continue;
    run.changes.append(run.path(files::kMetrics) + "/" + metric.key(), line);
  }
}

std::vector<std::string> FileTrackingStore::add_model_metrics(RunWrite& run, const RunDataWrite& request) {
  std::vector<std::string> models;
  for (const std::string& id : models_of(request)) {
    const auto place = index_->find(ThingKind::kModel, id);
    if (!place) continue;
    models.push_back(id);
    for (const v1::Metric& metric : request.metrics()) {
      if (metric.model_id() == id)
        run.changes.append(place->path + "/" + files::kMetrics + "/" + metric.key(),
                           files::model_line(metric, request.run_id()));
    }
  }
  return models;
}

RunDataOutcome FileTrackingStore::write_run_data(const CallContext&, const RunDataWrite& request) {
  RunDataOutcome outcome;
  std::vector<std::string> models;
  const auto also = models_of(request);
  for (const std::string& id : also) index_->look_at_model(id);
  change_run(request.run_id(), "active", also, [&](RunWrite& run) {
    const auto known = index_->database()->readers().read(
        [&](Connection& connection) { return known_params(connection, request, outcome); });
    if (outcome.conflicts_size() > 0) return;
    for (const v1::Param& param : request.params()) {
      if (!known.contains(param.key()))
        run.changes.put(run.path(files::kParams) + "/" + param.key(), param.value());
    }
    add_metrics(run, request);
    models = add_model_metrics(run, request);
    for (const v1::RunTag& tag : request.tags()) {
      run.changes.put(run.path(files::kTags) + "/" + tag.key(), tag.value());
      if (!names_run(tag.key(), tag.value())) continue;
      run.meta.info.set_run_name(tag.value());
      run.changes.put(run.path(files::kMeta), files::run_meta_text(run.meta));
    }
  });
  for (const std::string& id : models) index_->look_at_model(id);
  return outcome;
}

v1::plugin::MetricDeletionOutcome FileTrackingStore::delete_metrics(
    const CallContext&, const v1::plugin::MetricDeletion& request) {
  v1::plugin::MetricDeletionOutcome outcome;
  change_run(request.run_id(), "active", {}, [&](RunWrite& run) {
    const auto folder = files::find_thing(root().folder(), run.place)->find(files::kMetrics);
    if (!folder) return;
    std::set<std::string> wanted(request.metric_keys().begin(), request.metric_keys().end());
    for (const files::KeyFile& file : files::key_files(*folder, [](const std::string&) {})) {
      if (!wanted.empty() && !wanted.contains(file.key)) continue;
      const int64_t count = index_->database()->readers().read(
          [&](Connection& connection) { return count_points(connection, request, file.key); });
      if (count == 0) continue;
      outcome.set_deleted_points(outcome.deleted_points() + count);
      std::string left;
      files::with_key_file(*folder, file.key, [&](const files::Folder& parent, const std::string& name) {
        files::read_metric_lines(parent, name, 0, true, [&](std::string_view line) {
          const auto metric = files::parse_run_line(line);
          const bool goes = metric && (!request.has_after_step() || metric->step() > request.after_step());
          if (!goes) left += std::string(line) + "\n";
          return true;
        });
      });
      const std::string path = run.path(files::kMetrics) + "/" + file.key;
      if (left.empty()) {
        run.changes.remove(path);
      } else {
        run.changes.put(path, left);
      }
    }
  });
  return outcome;
}

v1::plugin::Done FileTrackingStore::write_run_inputs(const CallContext&,
                                                     const v1::plugin::RunInputsWrite& request) {
  change_run(request.run_id(), "active", {}, [&](RunWrite& run) {
    const auto folder = files::find_thing(root().folder(), run.place);
    const auto add = [&](const std::string& name, const std::string& text) {
      const std::string path = std::string(files::kInputs) + "/" + name + "/" + files::kMeta;
      if (!folder->state(path)) run.changes.put(run.path(path), text);
    };
    for (const v1::DatasetInput& input : request.datasets()) {
      const std::string id = files::dataset_folder(input.dataset());
      const std::string path = run.place.experiment + "/" + files::kDatasets + "/" + id + "/" + files::kMeta;
      if (!root().folder().state(path)) run.changes.put(path, files::dataset_meta_text(input.dataset()));
      add(files::dataset_input_folder(id, request.run_id()), files::dataset_input_text(id, input));
    }
    for (const v1::ModelInput& model : request.models())
      add(files::model_input_folder(model.model_id(), request.run_id()),
          files::model_input_text(model.model_id()));
  });
  return {};
}

v1::plugin::Done FileTrackingStore::write_run_outputs(const CallContext&,
                                                      const v1::plugin::RunOutputsWrite& request) {
  change_run(request.run_id(), "active", {}, [&](RunWrite& run) {
    const auto folder = files::find_thing(root().folder(), run.place);
    for (const v1::ModelOutput& output : request.models()) {
      files::check_folder_name(output.model_id());
      const std::string path = std::string(files::kOutputs) + "/" + output.model_id() + "/" + files::kMeta;
      if (!folder->state(path)) run.changes.put(run.path(path), files::model_output_text(output));
    }
  });
  return {};
}

}  // namespace millrace::tracking

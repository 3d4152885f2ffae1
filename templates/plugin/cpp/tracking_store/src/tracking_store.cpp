#include "tracking_store.h"

#include <algorithm>
#include <set>

#include "files.h"
#include "millrace/search.h"

namespace sample_plugin {
namespace {

using namespace millrace;
using Append = Journal::Append;

void refuse_taken_name(const State& state, const std::string& name) {
  const v1::Experiment* taken = state.experiment_named(name);
  if (taken == nullptr) return;
  const char* hint =
      taken->lifecycle_stage() == "deleted" ? " It is deleted; restore it to use the name." : "";
  throw Error(ErrorCode::kResourceAlreadyExists, "Experiment(name=" + name + ") already exists." + hint);
}

std::string below(std::string root, const std::string& path) {
  while (root.ends_with('/')) root.pop_back();
  return root + "/" + path;
}

// The params of a write that have another value already.
v1::plugin::RunDataOutcome conflicts(const RunState& run, const v1::plugin::RunDataWrite& request) {
  v1::plugin::RunDataOutcome outcome;
  for (const v1::Param& param : request.params()) {
    const auto existing = run.params.find(param.key());
    if (existing == run.params.end() || existing->second == param.value()) continue;
    auto& conflict = *outcome.add_conflicts();
    conflict.set_key(param.key());
    conflict.set_existing_value(existing->second);
    conflict.set_new_value(param.value());
  }
  return outcome;
}

template <typename Page>
void append_history(const std::string& run_id, const std::string& key, const Points& points, Page& metrics) {
  for (const Point& point : points.history()) {
    v1::MetricWithRunId metric;
    metric.set_run_id(run_id);
    metric.set_key(key);
    metric.set_value(point.value());
    metric.set_timestamp(point.timestamp);
    metric.set_step(point.step);
    metrics.push_back(std::move(metric));
  }
}

// Filters and orders what is given; then the page is taken from it.
template <typename Entity, typename Query>
search::PageBounds select(std::vector<Entity>& entities, const Query& query) {
  std::erase_if(entities, [&](const Entity& entity) {
    return !search::matches(query.filter(), search::fields_of(entity));
  });
  search::sort(entities, query.order_by(), [](const Entity& entity) { return search::fields_of(entity); });
  return search::page_of(entities.size(), query.page());
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : folder_(folder_of(options.uri())),
      journal_(folder_ / "tracking.journal",
               [this](int kind, std::string_view content) { state_.apply(kind, content); }) {}

// ---- experiments ----

v1::Experiment SamplePlugin::create_experiment(const Context&, const v1::plugin::NewExperiment& request) {
  return journal_.write([&](const Append& append) {
    refuse_taken_name(state_, request.name());
    v1::Experiment experiment;
    // Nothing is ever removed, so the number is free.
    experiment.set_experiment_id(std::to_string(state_.experiments().size()));
    experiment.set_name(request.name());
    experiment.set_artifact_location(request.artifact_location().empty()
                                         ? below(request.artifact_root(), experiment.experiment_id())
                                         : request.artifact_location());
    experiment.set_lifecycle_stage("active");
    experiment.set_creation_time(request.creation_time());
    experiment.set_last_update_time(request.creation_time());
    *experiment.mutable_tags() = request.tags();
    append(State::kExperiment, experiment.SerializeAsString());
    return experiment;
  });
}

v1::Experiment SamplePlugin::get_experiment(const Context&, const v1::plugin::ExperimentLookup& request) {
  return journal_.read([&]() -> v1::Experiment {
    if (request.by_case() != v1::plugin::ExperimentLookup::kName)
      return state_.experiment(request.experiment_id());
    const v1::Experiment* found = state_.experiment_named(request.name());
    if (found == nullptr) throw_not_found("Could not find experiment with name '" + request.name() + "'");
    return *found;
  });
}

v1::plugin::Done SamplePlugin::update_experiment(const Context&,
                                                 const v1::plugin::ExperimentChanges& request) {
  return journal_.write([&](const Append& append) -> Done {
    const v1::Experiment& experiment = state_.experiment(request.experiment_id(), request.required_stage());
    if (request.has_name() && request.name() != experiment.name()) refuse_taken_name(state_, request.name());
    append(State::kExperimentChanges, request.SerializeAsString());
    return {};
  });
}

v1::plugin::ExperimentPage SamplePlugin::search_experiments(const Context&,
                                                            const v1::plugin::ExperimentQuery& request) {
  std::vector<v1::Experiment> found = journal_.read([&] {
    std::vector<v1::Experiment> shown;
    for (const auto& [id, experiment] : state_.experiments()) {
      if (search::visible(experiment.lifecycle_stage(), request.view_type())) shown.push_back(experiment);
    }
    return shown;
  });
  const search::PageBounds bounds = select(found, request);
  v1::plugin::ExperimentPage page;
  for (size_t i = bounds.begin; i < bounds.end; ++i) *page.add_experiments() = std::move(found[i]);
  page.set_next_cursor(bounds.next_cursor);
  return page;
}

v1::plugin::Done SamplePlugin::set_experiment_tag(const Context&,
                                                  const v1::plugin::ExperimentTagWrite& request) {
  return journal_.write([&](const Append& append) -> Done {
    state_.experiment(request.experiment_id(), "active");
    append(State::kExperimentTag, request.SerializeAsString());
    return {};
  });
}

v1::plugin::Done SamplePlugin::delete_experiment_tag(const Context&,
                                                     const v1::plugin::ExperimentTagKey& request) {
  return journal_.write([&](const Append& append) -> Done {
    const auto& tags = state_.experiment(request.experiment_id(), "active").tags();
    if (std::none_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.key() == request.key(); })) {
      throw_not_found("No tag with name: " + request.key() + " in experiment with id " +
                      request.experiment_id());
    }
    append(State::kExperimentTagKey, request.SerializeAsString());
    return {};
  });
}

// ---- runs ----

v1::Run SamplePlugin::create_run(const Context&, const v1::plugin::NewRun& request) {
  return journal_.write([&](const Append& append) {
    const std::string& id = request.info().run_id();
    const v1::Experiment& experiment = state_.experiment(request.info().experiment_id(), "active");
    if (state_.runs().contains(id))
      throw Error(ErrorCode::kResourceAlreadyExists, "Run with id=" + id + " already exists");
    v1::plugin::NewRun created = request;
    created.mutable_info()->set_run_uuid(id);
    created.mutable_info()->set_lifecycle_stage("active");
    created.mutable_info()->set_artifact_uri(below(experiment.artifact_location(), id + "/artifacts"));
    append(State::kRun, created.SerializeAsString());
    return state_.run(id).message();
  });
}

v1::Run SamplePlugin::get_run(const Context&, const v1::plugin::RunLookup& request) {
  return journal_.read([&] {
    const RunState& run = state_.run(request.run_id());
    if (!request.info_only()) return run.message();
    v1::Run bare;
    *bare.mutable_info() = run.info;
    return bare;
  });
}

v1::RunInfo SamplePlugin::update_run(const Context&, const v1::plugin::RunChanges& request) {
  return journal_.write([&](const Append& append) {
    state_.run(request.run_id(), request.required_stage());
    append(State::kRunChanges, request.SerializeAsString());
    return state_.run(request.run_id()).info;
  });
}

v1::plugin::RunPage SamplePlugin::search_runs(const Context&, const v1::plugin::RunQuery& request) {
  const std::set<std::string> wanted(request.experiment_ids().begin(), request.experiment_ids().end());
  std::vector<v1::Run> found = journal_.read([&] {
    std::vector<v1::Run> shown;
    for (const auto& [id, run] : state_.runs()) {
      const bool asked = wanted.empty() || wanted.contains(run.info.experiment_id());
      if (asked && search::visible(run.info.lifecycle_stage(), request.view_type()))
        shown.push_back(run.message());
    }
    return shown;
  });
  const search::PageBounds bounds = select(found, request);
  v1::plugin::RunPage page;
  for (size_t i = bounds.begin; i < bounds.end; ++i) *page.add_runs() = std::move(found[i]);
  page.set_next_cursor(bounds.next_cursor);
  return page;
}

v1::plugin::Done SamplePlugin::delete_run_tag(const Context&, const v1::plugin::RunTagKey& request) {
  return journal_.write([&](const Append& append) -> Done {
    if (!state_.run(request.run_id(), "active").tags.contains(request.key()))
      throw_not_found("No tag with name: " + request.key() + " in run with id " + request.run_id());
    append(State::kRunTagKey, request.SerializeAsString());
    return {};
  });
}

// ---- data of runs ----

v1::plugin::RunDataOutcome SamplePlugin::write_run_data(const Context&,
                                                        const v1::plugin::RunDataWrite& request) {
  return journal_.write([&](const Append& append) {
    auto outcome = conflicts(state_.run(request.run_id(), "active"), request);
    if (outcome.conflicts().empty()) append(State::kRunData, request.SerializeAsString());
    return outcome;
  });
}

v1::plugin::MetricHistoryPage SamplePlugin::get_metric_history(
    const Context&, const v1::plugin::MetricHistoryQuery& request) {
  const std::set<std::string> ids(request.run_ids().begin(), request.run_ids().end());
  std::vector<v1::MetricWithRunId> points = journal_.read([&] {
    std::vector<v1::MetricWithRunId> all;
    for (const std::string& id : ids) {
      const auto run = state_.runs().find(id);
      if (run == state_.runs().end()) continue;
      const auto metric = run->second.metrics.find(request.metric_key());
      if (metric != run->second.metrics.end()) append_history(id, metric->first, metric->second, all);
    }
    return all;
  });
  const search::PageBounds bounds = search::page_of(points.size(), request.page());
  v1::plugin::MetricHistoryPage page;
  for (size_t i = bounds.begin; i < bounds.end; ++i) *page.add_metrics() = std::move(points[i]);
  page.set_next_cursor(bounds.next_cursor);
  return page;
}

v1::plugin::MetricDeletionOutcome SamplePlugin::delete_metrics(const Context&,
                                                               const v1::plugin::MetricDeletion& request) {
  return journal_.write([&](const Append& append) {
    const RunState& run = state_.run(request.run_id(), "active");
    v1::plugin::MetricDeletionOutcome outcome;
    for (const std::string& key : run.metrics_of(request)) {
      outcome.set_deleted_points(outcome.deleted_points() +
                                 run.metrics.at(key).count_after(step_of(request)));
    }
    append(State::kMetricDeletion, request.SerializeAsString());
    return outcome;
  });
}

v1::plugin::CheckReport SamplePlugin::check() {
  return check_folder(folder_);
}

}  // namespace sample_plugin

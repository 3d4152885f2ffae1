#include "state.h"

#include <algorithm>

namespace sample_plugin {
namespace {

using namespace millrace;

constexpr const char* kRunName = "mlflow.runName";

template <typename Message>
Message parse(std::string_view content) {
  Message message;
  if (!message.ParseFromArray(content.data(), static_cast<int>(content.size())))
    throw Error(ErrorCode::kInternalError, "The journal holds a record that is none.");
  return message;
}

void require_stage(const std::string& what, const std::string& stage, const std::string& required) {
  if (required.empty() || stage == required) return;
  throw Error(ErrorCode::kInvalidState,
              "The " + what + " must be in the '" + required + "' state. Current state is " + stage + ".");
}

void remove_tag(v1::Experiment& experiment, const std::string& key) {
  auto& tags = *experiment.mutable_tags();
  const auto end =
      std::remove_if(tags.begin(), tags.end(), [&](const auto& tag) { return tag.key() == key; });
  tags.erase(end, tags.end());
}

void touch(v1::Experiment& experiment, int64_t time) {
  if (time != 0) experiment.set_last_update_time(time);
}

}  // namespace

void RunState::set_tag(const std::string& key, const std::string& value) {
  if (key == kRunName && !value.empty()) info.set_run_name(value);
  tags[key] = value;
}

std::vector<std::string> RunState::metrics_of(const v1::plugin::MetricDeletion& deletion) const {
  const auto& named = deletion.metric_keys();
  std::vector<std::string> keys;
  for (const auto& [key, points] : metrics) {
    if (named.empty() || std::find(named.begin(), named.end(), key) != named.end()) keys.push_back(key);
  }
  return keys;
}

v1::Run RunState::message() const {
  v1::Run run;
  *run.mutable_info() = info;
  run.mutable_inputs();
  run.mutable_outputs();
  v1::RunData& data = *run.mutable_data();
  for (const auto& [key, points] : metrics) {
    v1::Metric& metric = *data.add_metrics();
    metric.set_key(key);
    metric.set_value(points.latest()->value());
    metric.set_timestamp(points.latest()->timestamp);
    metric.set_step(points.latest()->step);
  }
  for (const auto& [key, value] : params) {
    v1::Param& param = *data.add_params();
    param.set_key(key);
    param.set_value(value);
  }
  for (const auto& [key, value] : tags) {
    v1::RunTag& tag = *data.add_tags();
    tag.set_key(key);
    tag.set_value(value);
  }
  return run;
}

void State::apply(int kind, std::string_view content) {
  switch (kind) {
    case kExperiment: {
      auto experiment = parse<v1::Experiment>(content);
      experiments_[experiment.experiment_id()] = std::move(experiment);
      return;
    }
    case kExperimentChanges:
      return apply(parse<v1::plugin::ExperimentChanges>(content));
    case kExperimentTag:
      return apply(parse<v1::plugin::ExperimentTagWrite>(content));
    case kExperimentTagKey:
      return apply(parse<v1::plugin::ExperimentTagKey>(content));
    case kRun:
      return apply(parse<v1::plugin::NewRun>(content));
    case kRunChanges:
      return apply(parse<v1::plugin::RunChanges>(content));
    case kRunData:
      return apply(parse<v1::plugin::RunDataWrite>(content));
    case kRunTagKey: {
      const auto tag = parse<v1::plugin::RunTagKey>(content);
      runs_.at(tag.run_id()).tags.erase(tag.key());
      return;
    }
    case kMetricDeletion:
      return apply(parse<v1::plugin::MetricDeletion>(content));
    default:
      throw Error(ErrorCode::kInternalError, "The journal was written by a newer version of this plugin.");
  }
}

const v1::Experiment& State::experiment(const std::string& id, const std::string& required_stage) const {
  const auto found = experiments_.find(id);
  if (found == experiments_.end()) throw_not_found("No Experiment with id=" + id + " exists");
  require_stage("experiment " + id, found->second.lifecycle_stage(), required_stage);
  return found->second;
}

const RunState& State::run(const std::string& id, const std::string& required_stage) const {
  const auto found = runs_.find(id);
  if (found == runs_.end()) throw_not_found("Run with id=" + id + " not found");
  require_stage("run " + id, found->second.info.lifecycle_stage(), required_stage);
  return found->second;
}

const v1::Experiment* State::experiment_named(const std::string& name) const {
  const auto found = std::find_if(experiments_.begin(), experiments_.end(),
                                  [&](const auto& each) { return each.second.name() == name; });
  return found == experiments_.end() ? nullptr : &found->second;
}

void State::apply(const v1::plugin::ExperimentChanges& changes) {
  v1::Experiment& experiment = experiments_.at(changes.experiment_id());
  touch(experiment, changes.update_time());
  if (changes.has_name()) experiment.set_name(changes.name());
  if (!changes.has_lifecycle_stage()) return;
  experiment.set_lifecycle_stage(changes.lifecycle_stage());
  for (auto& [id, run] : runs_) {
    if (run.info.experiment_id() == changes.experiment_id())
      run.info.set_lifecycle_stage(changes.lifecycle_stage());
  }
}

void State::apply(const v1::plugin::ExperimentTagWrite& tag) {
  v1::Experiment& experiment = experiments_.at(tag.experiment_id());
  touch(experiment, tag.update_time());
  remove_tag(experiment, tag.key());
  v1::ExperimentTag& added = *experiment.add_tags();
  added.set_key(tag.key());
  added.set_value(tag.value());
}

void State::apply(const v1::plugin::ExperimentTagKey& tag) {
  v1::Experiment& experiment = experiments_.at(tag.experiment_id());
  touch(experiment, tag.update_time());
  remove_tag(experiment, tag.key());
}

void State::apply(const v1::plugin::NewRun& created) {
  RunState& run = runs_[created.info().run_id()];
  run.info = created.info();
  for (const v1::RunTag& tag : created.tags()) run.set_tag(tag.key(), tag.value());
}

void State::apply(const v1::plugin::RunChanges& changes) {
  RunState& run = runs_.at(changes.run_id());
  if (changes.has_status()) run.info.set_status(changes.status());
  if (changes.has_end_time()) run.info.set_end_time(changes.end_time());
  if (changes.has_lifecycle_stage()) run.info.set_lifecycle_stage(changes.lifecycle_stage());
  if (!changes.has_run_name()) return;
  run.info.set_run_name(changes.run_name());
  run.tags[kRunName] = changes.run_name();
}

void State::apply(const v1::plugin::RunDataWrite& data) {
  RunState& run = runs_.at(data.run_id());
  for (const v1::Metric& metric : data.metrics()) run.metrics[metric.key()].add(Point(metric));
  for (const v1::Param& param : data.params()) run.params.emplace(param.key(), param.value());
  for (const v1::RunTag& tag : data.tags()) run.set_tag(tag.key(), tag.value());
}

void State::apply(const v1::plugin::MetricDeletion& deletion) {
  RunState& run = runs_.at(deletion.run_id());
  for (const std::string& key : run.metrics_of(deletion)) {
    run.metrics.at(key).remove_after(step_of(deletion));
    if (!run.metrics.at(key).latest()) run.metrics.erase(key);
  }
}

std::optional<int64_t> step_of(const v1::plugin::MetricDeletion& deletion) {
  return deletion.has_after_step() ? std::optional(deletion.after_step()) : std::nullopt;
}

}  // namespace sample_plugin

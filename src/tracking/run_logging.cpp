#include <memory>
#include <set>

#include "base/error.h"
#include "tracking/rules/lifecycle.h"
#include "tracking/rules/model_history.h"
#include "tracking/rules/names.h"
#include "tracking/rules/run_ids.h"
#include "tracking/run_service.h"

namespace millrace::tracking {
namespace {

using v1::plugin::RunDataWrite;

constexpr int kMostMetrics = 1000;
constexpr int kMostParams = 100;
constexpr int kMostTags = 100;
constexpr int kMostEntities = 1000;

void check_count(int count, int most, const std::string& what) {
  if (count <= most) return;
  throw_invalid_parameter("A batch logging request can contain at most " + std::to_string(most) + " " + what +
                          ". Got " + std::to_string(count) + " " + what + ". Please split up " + what +
                          " across multiple requests and try again.");
}

// The first letter or digit is followed by letters, digits, '_' or '-', 256 characters in all.
void check_run_id(const std::string& id) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  bool valid = !id.empty() && id.size() <= 256 && is_alphanumeric(id.front());
  for (const char c : id) valid = valid && (is_alphanumeric(c) || c == '_' || c == '-');
  if (!valid) throw_invalid_parameter("Invalid value " + quoted(id) + " for parameter 'run_id' supplied.");
}

// Paths are only needed in messages, so they are made when a check has failed: checks run twice then.
template <typename Check>
void with_path(const char* list, int index, Check check) {
  try {
    check(std::string());
  } catch (const Error&) {
    check(std::string(list) + "[" + std::to_string(index) + "]");
    throw;
  }
}

void check_metric(const v1::Metric& metric, const std::string& path) {
  check_key(metric.key(), json_path(path, "name"));
  if (metric.timestamp() < 0) {
    throw_invalid_value(std::to_string(metric.timestamp()), json_path(path, "timestamp"),
                        "metric '" + metric.key() + "' (value=" + std::to_string(metric.value()) +
                            "). Timestamp must be a nonnegative long (64-bit integer) ");
  }
  check_length(metric.key(), kLongestKey, "Metric name");
}

void add_param(RunDataWrite& data, const std::string& key, const std::string& value, const std::string& path,
               LongValues rule) {
  check_key(key, json_path(path, "key"));
  check_length(key, kLongestKey, "Param key");
  v1::Param& param = *data.add_params();
  param.set_key(key);
  param.set_value(std::string(limited_value(value, kLongestParamValue, rule, "Param value")));
}

void add_tag(RunDataWrite& data, const std::string& key, const std::string& value, const std::string& path,
             LongValues rule) {
  check_key(key, json_path(path, "key"));
  check_length(key, kLongestKey, json_path(path, "key"));
  v1::RunTag& tag = *data.add_tags();
  tag.set_key(key);
  tag.set_value(std::string(limited_value(value, kLongestTagValue, rule, json_path(path, "value"))));
}

template <typename Items>
void require_keys(const Items& items, const char* list) {
  for (int i = 0; i < items.size(); ++i) {
    if (items[i].key().empty()) throw_missing(std::string(list) + "[" + std::to_string(i) + "].key");
  }
}

void require_metric_fields(const v1::LogBatchRequest& request) {
  for (int i = 0; i < request.metrics_size(); ++i) {
    const v1::Metric& metric = request.metrics(i);
    const char* missing = metric.key().empty()      ? "key"
                          : !metric.has_value()     ? "value"
                          : !metric.has_timestamp() ? "timestamp"
                                                    : nullptr;
    if (missing != nullptr) throw_missing("metrics[" + std::to_string(i) + "]." + missing);
  }
}

void check_param_keys_unique(const v1::LogBatchRequest& request) {
  std::set<std::string_view> seen;
  for (const v1::Param& param : request.params()) {
    if (seen.insert(param.key()).second) continue;
    throw_invalid_parameter("Duplicate parameter keys have been submitted: '" + param.key() +
                            "'. Please ensure the request contains only one param value per param key.");
  }
}

std::string conflict_message(const v1::plugin::RunDataOutcome& outcome, const std::string& run_id,
                             bool is_batch) {
  const auto& first = outcome.conflicts(0);
  if (!is_batch) {
    return "Changing param values is not allowed. Param with key='" + first.key() +
           "' was already logged with value='" + first.existing_value() + "' for run ID='" + run_id +
           "'. Attempted logging new value '" + first.new_value() + "'.";
  }
  std::string list;
  for (const auto& conflict : outcome.conflicts()) {
    list += list.empty() ? "[{" : ", {";
    list += "'key': '" + conflict.key() + "', 'old_value': '" + conflict.existing_value() +
            "', 'new_value': '" + conflict.new_value() + "'}";
  }
  return "Changing param values is not allowed. Params were already logged='" + list + "]' for run ID='" +
         run_id + "'.";
}

void check_dataset(const v1::Dataset& dataset) {
  check_length(dataset.name(), 500, "name");
  check_length(dataset.digest(), 36, "digest");
  check_length(dataset.source(), 65535, "source");
  check_length(dataset.schema(), 1048575, "schema");
  check_length(dataset.profile(), 16777215, "profile");
}

void check_dataset_input(const v1::DatasetInput& input) {
  if (!input.has_dataset()) throw_invalid_parameter("Dataset cannot be None");
  check_dataset(input.dataset());
  for (const v1::InputTag& tag : input.tags()) {
    check_length(tag.key(), 255, "key");
    check_length(tag.value(), 500, "value");
  }
}

void check_written(const v1::plugin::RunDataOutcome& outcome, const RunDataWrite& data, bool is_batch) {
  if (outcome.conflicts_size() > 0)
    throw_invalid_parameter(conflict_message(outcome, data.run_id(), is_batch));
}

RunDataWrite data_of(const v1::LogMetricRequest& request) {
  RunDataWrite data;
  data.set_run_id(run_id_of(request));
  v1::Metric& metric = *data.add_metrics();
  metric.set_key(request.key());
  metric.set_value(request.value());
  metric.set_timestamp(request.timestamp());
  metric.set_step(request.step());
  if (!request.model_id().empty()) metric.set_model_id(request.model_id());
  if (!request.dataset_name().empty()) metric.set_dataset_name(request.dataset_name());
  if (!request.dataset_digest().empty()) metric.set_dataset_digest(request.dataset_digest());
  check_metric(metric, "");
  return data;
}

RunDataWrite data_of(const v1::LogParamRequest& request, LongValues rule) {
  RunDataWrite data;
  data.set_run_id(run_id_of(request));
  add_param(data, request.key(), request.value(), "", rule);
  return data;
}

RunDataWrite data_of(const v1::SetTagRequest& request, LongValues rule) {
  RunDataWrite data;
  data.set_run_id(run_id_of(request));
  add_tag(data, request.key(), request.value(), "", rule);
  return data;
}

RunDataWrite data_of(const v1::LogBatchRequest& request, LongValues rule) {
  require_metric_fields(request);
  require_keys(request.params(), "params");
  require_keys(request.tags(), "tags");
  check_run_id(request.run_id());
  RunDataWrite data;
  data.set_run_id(request.run_id());
  for (int i = 0; i < request.metrics_size(); ++i) {
    with_path("metrics", i, [&](const std::string& path) { check_metric(request.metrics(i), path); });
  }
  for (int i = 0; i < request.params_size(); ++i) {
    const v1::Param& param = request.params(i);
    with_path("params", i,
              [&](const std::string& path) { add_param(data, param.key(), param.value(), path, rule); });
  }
  for (int i = 0; i < request.tags_size(); ++i) {
    const v1::RunTag& tag = request.tags(i);
    with_path("tags", i, [&](const std::string& path) { add_tag(data, tag.key(), tag.value(), path, rule); });
  }
  check_count(request.metrics_size(), kMostMetrics, "metrics");
  check_count(request.params_size(), kMostParams, "params");
  check_count(request.tags_size(), kMostTags, "tags");
  check_count(request.metrics_size() + request.params_size() + request.tags_size(), kMostEntities,
              "metrics, params, and tags");
  check_param_keys_unique(request);
  *data.mutable_metrics() = request.metrics();
  return data;
}

}  // namespace

void TrackingRunService::write(const CallContext& context, const RunDataWrite& data, bool is_batch) {
  check_written(refusing_deleted([&] { return store_.write_run_data(context, data); }), data, is_batch);
}

template <typename Response>
bool TrackingRunService::start_write(const CallContext& context, RunDataWrite data, bool is_batch,
                                     Reply<Response> reply) {
  const auto kept = std::make_shared<const RunDataWrite>(std::move(data));
  return store_.start_write_run_data(
      context, *kept,
      [kept, is_batch, reply = std::move(reply)](Outcome<v1::plugin::RunDataOutcome> outcome) {
        reply(outcome_of([&] {
          check_written(refusing_deleted([&] { return outcome.take(); }), *kept, is_batch);
          return Response();
        }));
      });
}

v1::LogMetricResponse TrackingRunService::log_metric(const CallContext& context,
                                                     const v1::LogMetricRequest& request) {
  write(context, data_of(request), false);
  return {};
}

bool TrackingRunService::start_log_metric(const CallContext& context, const v1::LogMetricRequest& request,
                                          Reply<v1::LogMetricResponse> reply) {
  return start_write(context, data_of(request), false, std::move(reply));
}

v1::LogParamResponse TrackingRunService::log_param(const CallContext& context,
                                                   const v1::LogParamRequest& request) {
  write(context, data_of(request, settings_.long_values), false);
  return {};
}

bool TrackingRunService::start_log_param(const CallContext& context, const v1::LogParamRequest& request,
                                         Reply<v1::LogParamResponse> reply) {
  return start_write(context, data_of(request, settings_.long_values), false, std::move(reply));
}

v1::SetTagResponse TrackingRunService::set_tag(const CallContext& context, const v1::SetTagRequest& request) {
  write(context, data_of(request, settings_.long_values), false);
  return {};
}

bool TrackingRunService::start_set_tag(const CallContext& context, const v1::SetTagRequest& request,
                                       Reply<v1::SetTagResponse> reply) {
  return start_write(context, data_of(request, settings_.long_values), false, std::move(reply));
}

v1::LogBatchResponse TrackingRunService::log_batch(const CallContext& context,
                                                   const v1::LogBatchRequest& request) {
  write(context, data_of(request, settings_.long_values), true);
  return {};
}

bool TrackingRunService::start_log_batch(const CallContext& context, const v1::LogBatchRequest& request,
                                         Reply<v1::LogBatchResponse> reply) {
  return start_write(context, data_of(request, settings_.long_values), true, std::move(reply));
}

v1::DeleteTagResponse TrackingRunService::delete_tag(const CallContext& context,
                                                     const v1::DeleteTagRequest& request) {
  v1::plugin::RunTagKey key;
  key.set_run_id(request.run_id());
  key.set_key(request.key());
  refusing_deleted([&] { return store_.delete_run_tag(context, key); });
  return {};
}

v1::LogModelResponse TrackingRunService::log_model(const CallContext& context,
                                                   const v1::LogModelRequest& request) {
  const std::string entry = model_history_entry(request.model_json());
  const std::lock_guard lock(model_history_mutex_);
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(request.run_id());
  const v1::Run run = store_.get_run(context, lookup);
  std::string history;
  for (const v1::RunTag& tag : run.data().tags()) {
    if (tag.key() == kModelHistoryTag) history = tag.value();
  }
  RunDataWrite data;
  data.set_run_id(request.run_id());
  add_tag(data, std::string(kModelHistoryTag), with_model_history_entry(history, entry), "",
          LongValues::kRefuse);
  write(context, data, false);
  return {};
}

v1::LogInputsResponse TrackingRunService::log_inputs(const CallContext& context,
                                                     const v1::LogInputsRequest& request) {
  check_run_id(request.run_id());
  v1::plugin::RunInputsWrite inputs;
  inputs.set_run_id(request.run_id());
  std::set<std::pair<std::string, std::string>> seen;
  for (const v1::DatasetInput& input : request.datasets()) {
    check_dataset_input(input);
    if (seen.emplace(input.dataset().name(), input.dataset().digest()).second) *inputs.add_datasets() = input;
  }
  *inputs.mutable_models() = request.models();
  refusing_deleted([&] { return store_.write_run_inputs(context, inputs); });
  return {};
}

v1::LogOutputsResponse TrackingRunService::log_outputs(const CallContext& context,
                                                       const v1::LogOutputsRequest& request) {
  if (request.run_id().empty()) throw_missing("run_id");
  v1::plugin::RunOutputsWrite outputs;
  outputs.set_run_id(request.run_id());
  *outputs.mutable_models() = request.models();
  refusing_deleted([&] { return store_.write_run_outputs(context, outputs); });
  return {};
}

v1::DeleteMetricsResponse TrackingRunService::delete_metrics(const CallContext& context,
                                                             const v1::DeleteMetricsRequest& request) {
  for (int i = 0; i < request.metric_keys_size(); ++i) {
    check_key(request.metric_keys(i), "metric_keys[" + std::to_string(i) + "]");
  }
  v1::plugin::MetricDeletion deletion;
  deletion.set_run_id(request.run_id());
  *deletion.mutable_metric_keys() = request.metric_keys();
  if (request.has_after_step()) deletion.set_after_step(request.after_step());
  v1::DeleteMetricsResponse response;
  const auto outcome = refusing_deleted([&] { return store_.delete_metrics(context, deletion); });
  response.set_deleted_points(outcome.deleted_points());
  return response;
}

}  // namespace millrace::tracking

#include "tracking/experiment_service.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/uri.h"
#include "query/query.h"
#include "tracking/rules/lifecycle.h"
#include "tracking/rules/local_location.h"
#include "tracking/rules/names.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"

namespace millrace::tracking {
namespace {

constexpr size_t kLongestArtifactLocation = 2048;
constexpr int kMostCustomViews = 50;
constexpr std::string_view kCustomViewPrefix = "mlflow.customView.";

void check_name(const std::string& name) {
  if (name.empty()) throw_invalid_parameter("Invalid experiment name: ''");
  check_length(name, kLongestExperimentName, "name");
}

void check_tag(std::string_view key, std::string_view value) {
  check_key(key, "key");
  check_length(key, kLongestKey, "key");
  check_length(value, kLongestExperimentTagValue, "value");
}

// A URI that would change its meaning when run ids are appended to it is refused.
void check_artifact_location(const std::string& location) {
  if (location.empty()) return;
  const Uri uri = parse_uri(location);
  if (!uri.fragment.empty() || location.find(';') != std::string::npos) {
    throw_invalid_parameter("'artifact_location' URL can't include fragments or params.");
  }
  if (uri.query.find("..") != std::string_view::npos) {
    throw_invalid_parameter("Invalid query string: " + std::string(uri.query));
  }
  if (uri.scheme == "runs") {
    throw_invalid_parameter("Artifact location cannot be a runs:/ URI. Given: '" + location + "'");
  }
  if (character_count(location) > kLongestArtifactLocation) {
    throw_invalid_parameter(
        "Invalid artifact path length. The length of the artifact path cannot be greater than " +
        std::to_string(kLongestArtifactLocation) + " characters.");
  }
}

void add_order(v1::plugin::ExperimentQuery& query, std::string_view name, bool descending) {
  v1::OrderBy& order = *query.add_order_by();
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(std::string(name));
  order.set_descending(descending);
}

// Newest first unless asked otherwise; the id makes the order total.
void set_order(v1::plugin::ExperimentQuery& query, const v1::SearchExperimentsRequest& request) {
  if (request.order_by().empty()) {
    add_order(query, "creation_time", true);
    add_order(query, "experiment_id", false);
    return;
  }
  bool by_id = false;
  for (const std::string& text : request.order_by()) {
    *query.add_order_by() = query::parse_order_by(query::Entity::kExperiment, text);
    by_id = by_id || query.order_by().rbegin()->field().name() == "experiment_id";
  }
  if (!by_id) add_order(query, "experiment_id", true);
}

bool is_custom_view(const v1::ExperimentTag& tag) {
  return tag.key().starts_with(kCustomViewPrefix);
}

void check_custom_views(const google::protobuf::RepeatedPtrField<v1::ExperimentTag>& tags, int more,
                        const std::string& where) {
  if (std::count_if(tags.begin(), tags.end(), is_custom_view) + more <= kMostCustomViews) return;
  throw_invalid_parameter("Unable to create another custom view" + where +
                          "; the maximum number of custom views per experiment is " +
                          std::to_string(kMostCustomViews) +
                          ". Delete an existing custom view before creating a new one.");
}

}  // namespace

v1::CreateExperimentResponse TrackingExperimentService::create_experiment(
    const CallContext& context, const v1::CreateExperimentRequest& request) {
  check_name(request.name());
  check_artifact_location(request.artifact_location());
  for (const auto& tag : request.tags()) check_tag(tag.key(), tag.value());
  check_custom_views(request.tags(), 0, "");
  v1::plugin::NewExperiment experiment;
  experiment.set_name(request.name());
  experiment.set_artifact_location(absolute_if_local(request.artifact_location()));
  experiment.set_artifact_root(settings_.artifact_root);
  experiment.set_creation_time(unix_millis());
  *experiment.mutable_tags() = request.tags();
  v1::CreateExperimentResponse response;
  response.set_experiment_id(store_.create_experiment(context, experiment).experiment_id());
  return response;
}

v1::GetExperimentResponse TrackingExperimentService::get_experiment(const CallContext& context,
                                                                    const v1::GetExperimentRequest& request) {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_experiment_id(request.experiment_id());
  v1::GetExperimentResponse response;
  *response.mutable_experiment() = store_.get_experiment(context, lookup);
  return response;
}

v1::GetExperimentByNameResponse TrackingExperimentService::get_experiment_by_name(
    const CallContext& context, const v1::GetExperimentByNameRequest& request) {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_name(request.experiment_name());
  v1::GetExperimentByNameResponse response;
  *response.mutable_experiment() = store_.get_experiment(context, lookup);
  return response;
}

v1::SearchExperimentsResponse TrackingExperimentService::search_experiments(
    const CallContext& context, const v1::SearchExperimentsRequest& request) {
  v1::plugin::ExperimentQuery query;
  query.mutable_page()->set_limit(request.has_max_results() ? request.max_results() : kDefaultPage);
  check_page_limit(query.page().limit());
  query.mutable_page()->set_cursor(cursor_from(request.page_token()));
  query.set_view_type(request.view_type() == v1::VIEW_TYPE_UNSPECIFIED ? v1::ACTIVE_ONLY
                                                                       : request.view_type());
  *query.mutable_filter() = query::parse_filter(query::Entity::kExperiment, request.filter());
  set_order(query, request);
  v1::plugin::ExperimentPage page = store_.search_experiments(context, query);
  v1::SearchExperimentsResponse response;
  *response.mutable_experiments() = std::move(*page.mutable_experiments());
  if (!page.next_cursor().empty()) response.set_next_page_token(page_token(page.next_cursor()));
  return response;
}

v1::UpdateExperimentResponse TrackingExperimentService::update_experiment(
    const CallContext& context, const v1::UpdateExperimentRequest& request) {
  if (request.new_name().empty()) throw_missing("new_name");
  check_name(request.new_name());
  v1::plugin::ExperimentChanges changes;
  changes.set_experiment_id(request.experiment_id());
  changes.set_required_stage("active");
  changes.set_name(request.new_name());
  changes.set_update_time(unix_millis());
  try {
    store_.update_experiment(context, changes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidState) throw;
    throw Error(ErrorCode::kInvalidState, "Cannot rename a non-active experiment.");
  }
  return {};
}

// To a client, an experiment in the other stage is one that is not there.
void TrackingExperimentService::change_stage(const CallContext& context, const std::string& id,
                                             const char* from, const char* to) {
  v1::plugin::ExperimentChanges changes;
  changes.set_experiment_id(id);
  changes.set_required_stage(from);
  changes.set_lifecycle_stage(to);
  changes.set_update_time(unix_millis());
  try {
    store_.update_experiment(context, changes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidState) throw;
    throw_not_found("No Experiment with id=" + id + " exists");
  }
}

v1::DeleteExperimentResponse TrackingExperimentService::delete_experiment(
    const CallContext& context, const v1::DeleteExperimentRequest& request) {
  change_stage(context, request.experiment_id(), "active", "deleted");
  return {};
}

v1::RestoreExperimentResponse TrackingExperimentService::restore_experiment(
    const CallContext& context, const v1::RestoreExperimentRequest& request) {
  change_stage(context, request.experiment_id(), "deleted", "active");
  return {};
}

v1::SetExperimentTagResponse TrackingExperimentService::set_experiment_tag(
    const CallContext& context, const v1::SetExperimentTagRequest& request) {
  check_tag(request.key(), request.value());
  if (request.key().starts_with(kCustomViewPrefix)) {
    v1::plugin::ExperimentLookup lookup;
    lookup.set_experiment_id(request.experiment_id());
    const v1::Experiment experiment = store_.get_experiment(context, lookup);
    const bool known = std::any_of(experiment.tags().begin(), experiment.tags().end(),
                                   [&](const v1::ExperimentTag& tag) { return tag.key() == request.key(); });
    if (!known) check_custom_views(experiment.tags(), 1, " for experiment " + request.experiment_id());
  }
  v1::plugin::ExperimentTagWrite write;
  write.set_experiment_id(request.experiment_id());
  write.set_key(request.key());
  write.set_value(request.value());
  write.set_update_time(unix_millis());
  refusing_deleted([&] { return store_.set_experiment_tag(context, write); });
  return {};
}

v1::DeleteExperimentTagResponse TrackingExperimentService::delete_experiment_tag(
    const CallContext& context, const v1::DeleteExperimentTagRequest& request) {
  v1::plugin::ExperimentTagKey key;
  key.set_experiment_id(request.experiment_id());
  key.set_key(request.key());
  key.set_update_time(unix_millis());
  refusing_deleted([&] { return store_.delete_experiment_tag(context, key); });
  return {};
}

}  // namespace millrace::tracking

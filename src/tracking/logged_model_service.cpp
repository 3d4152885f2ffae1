#include "tracking/logged_model_service.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/uri.h"
#include "query/query.h"
#include "tracking/rules/names.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"
#include "tracking/rules/run_names.h"

namespace millrace::tracking {
namespace {

using v1::plugin::LoggedModelChanges;
using v1::plugin::LoggedModelQuery;

constexpr int64_t kDefaultModelPage = 100;

void check_model_name(const std::string& name) {
  if (name.find_first_of("/:.%\"'") == std::string::npos) return;
  throw_invalid_parameter(
      "Invalid model name (" + quoted(name) +
      ") provided. Model name must be a non-empty string and cannot contain the following characters: "
      "('/', ':', '.', '%', '\"', \"'\")");
}

v1::Experiment active_experiment(TrackingStore& store, const CallContext& context, const std::string& id) {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_experiment_id(id);
  v1::Experiment experiment = store.get_experiment(context, lookup);
  if (experiment.lifecycle_stage() == "active") return experiment;
  throw_invalid_parameter("The experiment " + id + " must be in the 'active' state. Current state is " +
                          experiment.lifecycle_stage() + ".");
}

v1::OrderBy attribute_order(const char* name, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(name);
  order.set_descending(descending);
  return order;
}

v1::OrderBy parse_order(const v1::SearchLoggedModelsRequest::Order& text) {
  v1::OrderBy order = query::parse_order_by(query::Entity::kLoggedModel, text.field_name());
  if (order.field().kind() != v1::FIELD_KIND_ATTRIBUTE && order.field().kind() != v1::FIELD_KIND_METRIC) {
    throw_invalid_parameter("Invalid order by field name: " + text.field_name() +
                            ". Only metrics are supported.");
  }
  order.set_descending(text.has_ascending() && !text.ascending());
  if (!text.dataset_name().empty()) order.set_dataset_name(text.dataset_name());
  if (!text.dataset_digest().empty()) order.set_dataset_digest(text.dataset_digest());
  return order;
}

// What was asked, then newest first, then by id.
void set_order(LoggedModelQuery& query, const v1::SearchLoggedModelsRequest& request) {
  bool by_creation = false;
  bool by_id = false;
  for (const auto& text : request.order_by()) {
    v1::OrderBy order = parse_order(text);
    by_creation = by_creation || order.field().name() == "creation_timestamp_ms";
    by_id = by_id || order.field().name() == "model_id";
    *query.add_order_by() = std::move(order);
  }
  if (!by_creation) *query.add_order_by() = attribute_order("creation_timestamp_ms", true);
  if (!by_id) *query.add_order_by() = attribute_order("model_id", false);
}

void set_datasets(LoggedModelQuery& query, const v1::SearchLoggedModelsRequest& request) {
  for (const auto& dataset : request.datasets()) {
    if (dataset.dataset_name().empty())
      throw_invalid_parameter("`dataset_name` in the `datasets` clause must be specified.");
    auto& added = *query.add_datasets();
    added.set_name(dataset.dataset_name());
    if (!dataset.dataset_digest().empty()) added.set_digest(dataset.dataset_digest());
  }
}

LoggedModelChanges changes_of(const std::string& model_id) {
  LoggedModelChanges changes;
  changes.set_model_id(model_id);
  changes.set_update_time(unix_millis());
  return changes;
}

}  // namespace

v1::CreateLoggedModelResponse TrackingLoggedModelService::create_logged_model(
    const CallContext& context, const v1::CreateLoggedModelRequest& request) {
  check_model_name(request.name());
  const v1::Experiment experiment = active_experiment(store_, context, request.experiment_id());
  v1::CreateLoggedModelResponse response;
  v1::LoggedModel& model = *response.mutable_model();
  v1::LoggedModelInfo& info = *model.mutable_info();
  info.set_model_id("m-" + random_hex_id());
  info.set_experiment_id(experiment.experiment_id());
  info.set_name(request.name().empty() ? random_run_name() : request.name());
  info.set_creation_timestamp_ms(unix_millis());
  info.set_last_updated_timestamp_ms(info.creation_timestamp_ms());
  info.set_artifact_uri(
      append_to_uri_path(experiment.artifact_location(), "models/" + info.model_id() + "/artifacts"));
  info.set_status(v1::LOGGED_MODEL_PENDING);
  info.set_model_type(request.model_type());
  info.set_source_run_id(request.source_run_id());
  *info.mutable_tags() = request.tags();
  *model.mutable_data()->mutable_params() = request.params();
  store_.create_logged_model(context, model);
  return response;
}

v1::LoggedModel TrackingLoggedModelService::get(const CallContext& context, const std::string& model_id,
                                                bool allow_deleted) {
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(model_id);
  lookup.set_allow_deleted(allow_deleted);
  return store_.get_logged_model(context, lookup);
}

v1::GetLoggedModelResponse TrackingLoggedModelService::get_logged_model(
    const CallContext& context, const v1::GetLoggedModelRequest& request) {
  v1::GetLoggedModelResponse response;
  *response.mutable_model() = get(context, request.model_id(), request.allow_deleted());
  return response;
}

v1::FinalizeLoggedModelResponse TrackingLoggedModelService::finalize_logged_model(
    const CallContext& context, const v1::FinalizeLoggedModelRequest& request) {
  if (request.status() == v1::LOGGED_MODEL_STATUS_UNSPECIFIED) throw_missing("status");
  LoggedModelChanges changes = changes_of(request.model_id());
  changes.set_status(request.status());
  v1::FinalizeLoggedModelResponse response;
  *response.mutable_model() = store_.update_logged_model(context, changes);
  return response;
}

v1::DeleteLoggedModelResponse TrackingLoggedModelService::delete_logged_model(
    const CallContext& context, const v1::DeleteLoggedModelRequest& request) {
  LoggedModelChanges changes = changes_of(request.model_id());
  changes.set_lifecycle_stage("deleted");
  store_.update_logged_model(context, changes);
  return {};
}

v1::SearchLoggedModelsResponse TrackingLoggedModelService::search_logged_models(
    const CallContext& context, const v1::SearchLoggedModelsRequest& request) {
  LoggedModelQuery query;
  *query.mutable_experiment_ids() = request.experiment_ids();
  *query.mutable_filter() = query::parse_filter(query::Entity::kLoggedModel, request.filter());
  set_datasets(query, request);
  set_order(query, request);
  query.mutable_page()->set_limit(request.max_results() == 0 ? kDefaultModelPage : request.max_results());
  check_page_limit(query.page().limit());
  query.mutable_page()->set_cursor(cursor_from(request.page_token()));
  v1::plugin::LoggedModelPage page = store_.search_logged_models(context, query);
  v1::SearchLoggedModelsResponse response;
  response.mutable_models()->Swap(page.mutable_models());
  if (!page.next_cursor().empty()) response.set_next_page_token(page_token(page.next_cursor()));
  return response;
}

v1::SetLoggedModelTagsResponse TrackingLoggedModelService::set_logged_model_tags(
    const CallContext& context, const v1::SetLoggedModelTagsRequest& request) {
  LoggedModelChanges changes = changes_of(request.model_id());
  *changes.mutable_set_tags() = request.tags();
  store_.update_logged_model(context, changes);
  return {};
}

v1::DeleteLoggedModelTagResponse TrackingLoggedModelService::delete_logged_model_tag(
    const CallContext& context, const v1::DeleteLoggedModelTagRequest& request) {
  LoggedModelChanges changes = changes_of(request.model_id());
  changes.add_delete_tags(request.tag_key());
  store_.update_logged_model(context, changes);
  return {};
}

v1::LogLoggedModelParamsResponse TrackingLoggedModelService::log_logged_model_params(
    const CallContext& context, const v1::LogLoggedModelParamsRequest& request) {
  LoggedModelChanges changes = changes_of(request.model_id());
  *changes.mutable_add_params() = request.params();
  store_.update_logged_model(context, changes);
  return {};
}

v1::ListLoggedModelArtifactsResponse TrackingLoggedModelService::list_logged_model_artifacts(
    const CallContext& context, const v1::ListLoggedModelArtifactsRequest& request) {
  const v1::LoggedModel model = get(context, request.model_id(), false);
  v1::ListLoggedModelArtifactsResponse response;
  response.set_root_uri(model.info().artifact_uri());
  *response.mutable_files() =
      list_artifacts_(context, model.info().artifact_uri(), request.artifact_directory_path());
  return response;
}

}  // namespace millrace::tracking

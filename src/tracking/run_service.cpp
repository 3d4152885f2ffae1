#include "tracking/run_service.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "query/query.h"
#include "tracking/rules/lifecycle.h"
#include "tracking/rules/names.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"
#include "tracking/rules/run_ids.h"
#include "tracking/rules/run_names.h"
#include "tracking/rules/run_scope.h"

namespace millrace::tracking {
namespace {

constexpr std::string_view kRunNameTag = "mlflow.runName";

std::string name_from_tags(const v1::CreateRunRequest& request) {
  for (const auto& tag : request.tags()) {
    if (tag.key() == kRunNameTag) return tag.value();
  }
  return "";
}

// The name of a new run is given as such, by its tag, or made up; the tag says the same in the end.
std::string choose_name(const v1::CreateRunRequest& request) {
  const std::string tagged = name_from_tags(request);
  if (!request.run_name().empty() && !tagged.empty() && request.run_name() != tagged) {
    throw_invalid_parameter(
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
        "(run_name='" +
        request.run_name() + "', mlflow.runName='" + tagged + "').");
  }
  if (!request.run_name().empty()) return request.run_name();
  return tagged.empty() ? random_run_name() : tagged;
}

void set_tags(v1::plugin::NewRun& run, const v1::CreateRunRequest& request, LongValues long_values) {
  bool named = false;
  for (int i = 0; i < request.tags_size(); ++i) {
    const v1::RunTag& tag = request.tags(i);
    const std::string path = "tags[" + std::to_string(i) + "]";
    check_key(tag.key(), json_path(path, "key"));
    check_length(tag.key(), kLongestKey, json_path(path, "key"));
    if (tag.key() == kRunNameTag && tag.value().empty()) continue;
    named = named || tag.key() == kRunNameTag;
    v1::RunTag& added = *run.add_tags();
    added.set_key(tag.key());
    added.set_value(
        std::string(limited_value(tag.value(), kLongestTagValue, long_values, json_path(path, "value"))));
  }
  if (named) return;
  v1::RunTag& tag = *run.add_tags();
  tag.set_key(std::string(kRunNameTag));
  tag.set_value(run.info().run_name());
}

}  // namespace

v1::CreateRunResponse TrackingRunService::create_run(const CallContext& context,
                                                     const v1::CreateRunRequest& request) {
  v1::plugin::NewRun run;
  v1::RunInfo& info = *run.mutable_info();
  info.set_run_id(random_hex_id());
  info.set_run_uuid(info.run_id());
  info.set_run_name(choose_name(request));
  check_length(info.run_name(), kLongestKey, "run_name");
  info.set_experiment_id(request.experiment_id().empty() ? "0" : request.experiment_id());
  info.set_user_id(request.user_id().empty() ? context.principal : request.user_id());
  info.set_status(v1::RUNNING);
  info.set_start_time(request.has_start_time() ? request.start_time() : unix_millis());
  info.set_lifecycle_stage("active");
  set_tags(run, request, settings_.long_values);
  v1::CreateRunResponse response;
  *response.mutable_run() = refusing_deleted([&] { return store_.create_run(context, run); });
  return response;
}

v1::GetRunResponse TrackingRunService::get_run(const CallContext& context, const v1::GetRunRequest& request) {
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(run_id_of(request));
  v1::GetRunResponse response;
  *response.mutable_run() = store_.get_run(context, lookup);
  return response;
}

v1::UpdateRunResponse TrackingRunService::update_run(const CallContext& context,
                                                     const v1::UpdateRunRequest& request) {
  v1::plugin::RunChanges changes;
  changes.set_run_id(run_id_of(request));
  changes.set_required_stage("active");
  if (request.has_status()) changes.set_status(request.status());
  if (request.has_end_time()) changes.set_end_time(request.end_time());
  if (!request.run_name().empty()) {
    check_length(request.run_name(), kLongestKey, "run_name");
    changes.set_run_name(request.run_name());
  }
  changes.set_update_time(unix_millis());
  v1::UpdateRunResponse response;
  *response.mutable_run_info() = refusing_deleted([&] { return store_.update_run(context, changes); });
  return response;
}

void TrackingRunService::change_stage(const CallContext& context, const std::string& run_id,
                                      const char* stage) {
  v1::plugin::RunChanges changes;
  changes.set_run_id(run_id);
  changes.set_lifecycle_stage(stage);
  changes.set_update_time(unix_millis());
  store_.update_run(context, changes);
}

v1::DeleteRunResponse TrackingRunService::delete_run(const CallContext& context,
                                                     const v1::DeleteRunRequest& request) {
  change_stage(context, request.run_id(), "deleted");
  return {};
}

v1::RestoreRunResponse TrackingRunService::restore_run(const CallContext& context,
                                                       const v1::RestoreRunRequest& request) {
  change_stage(context, request.run_id(), "active");
  return {};
}

v1::SearchRunsResponse TrackingRunService::search_runs(const CallContext& context,
                                                       const v1::SearchRunsRequest& request) {
  v1::plugin::RunQuery query;
  query.mutable_page()->set_limit(request.has_max_results() ? request.max_results() : kDefaultPage);
  check_page_limit(query.page().limit());
  query.mutable_page()->set_cursor(cursor_from(request.page_token()));
  query.set_view_type(request.run_view_type() == v1::VIEW_TYPE_UNSPECIFIED ? v1::ACTIVE_ONLY
                                                                           : request.run_view_type());
  *query.mutable_filter() = query::parse_filter(query::Entity::kRun, request.filter());
  set_order(query, request.order_by());
  v1::SearchRunsResponse response;
  if (!set_scope(*query.mutable_experiment_ids(), request.experiment_ids())) return response;
  v1::plugin::RunPage page = store_.search_runs(context, query);
  response.mutable_runs()->Swap(page.mutable_runs());
  if (!page.next_cursor().empty()) response.set_next_page_token(page_token(page.next_cursor()));
  return response;
}

}  // namespace millrace::tracking

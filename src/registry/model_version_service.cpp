#include "registry/model_version_service.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "query/query.h"
#include "registry/rules/names.h"
#include "registry/rules/prompts.h"
#include "registry/rules/stages.h"
#include "registry/rules/tags.h"
#include "registry/rules/version_links.h"
#include "registry/search_order.h"
#include "tracking/rules/names.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"

namespace millrace::registry {
namespace {

constexpr int64_t kLargestPage = 200'000;

// Most operations speak of one version; its name and number are checked in one place.
template <typename Key, typename Request>
Key key_of(const Request& request) {
  check_model_name(request.name());
  Key key;
  key.set_name(request.name());
  key.set_version(version_number(request.name(), request.version()));
  return key;
}

void check_version_tag(const v1::ModelVersionTag& tag) {
  if (tag.key() == kPromptText && tracking::character_count(tag.value()) > kLongestTagValue) {
    throw_invalid_parameter("Prompt text exceeds max length of " + std::to_string(kLongestTagValue) +
                            " characters.");
  }
  check_tag(tag.key(), tag.value());
}

}  // namespace

v1::CreateModelVersionResponse RegistryVersionService::create_model_version(
    const CallContext& context, const v1::CreateModelVersionRequest& request) {
  check_model_name(request.name());
  for (const auto& tag : request.tags()) check_version_tag(tag);
  const VersionSource source = sources_.checked(context, request);
  v1::plugin::NewModelVersion version;
  version.set_name(request.name());
  version.set_source(source.source);
  version.set_storage_location(source.storage_location);
  version.set_run_id(source.run_id);
  version.set_run_link(request.run_link());
  version.set_description(request.description());
  *version.mutable_tags() = last_of_each_key(request.tags());
  version.set_creation_time(unix_millis());
  v1::CreateModelVersionResponse response;
  *response.mutable_model_version() = store_.create_model_version(context, version);
  listener_.happened(version_created(request, response.model_version()));
  if (!source.model_id.empty() && !says_prompt(request.tags()))
    link(context, source.model_id, response.model_version());
  return response;
}

void RegistryVersionService::link(const CallContext& context, const std::string& model_id,
                                  const v1::ModelVersion& version) {
  const std::lock_guard lock(link_mutex_);
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(model_id);
  const v1::LoggedModel model = tracking_.get_logged_model(context, lookup);
  const auto& tags = model.info().tags();
  const auto links =
      std::find_if(tags.begin(), tags.end(), [](const auto& tag) { return tag.key() == kVersionLinks; });
  v1::plugin::LoggedModelChanges changes;
  changes.set_model_id(model_id);
  changes.set_update_time(unix_millis());
  v1::LoggedModelTag& tag = *changes.add_set_tags();
  tag.set_key(kVersionLinks);
  tag.set_value(
      with_version_link(links == tags.end() ? "" : links->value(), version.name(), version.version()));
  tracking_.update_logged_model(context, changes);
}

v1::GetModelVersionResponse RegistryVersionService::get_model_version(
    const CallContext& context, const v1::GetModelVersionRequest& request) {
  v1::GetModelVersionResponse response;
  *response.mutable_model_version() =
      store_.get_model_version(context, key_of<v1::plugin::ModelVersionLookup>(request));
  return response;
}

v1::UpdateModelVersionResponse RegistryVersionService::update_model_version(
    const CallContext& context, const v1::UpdateModelVersionRequest& request) {
  auto change = key_of<v1::plugin::ModelVersionDescription>(request);
  if (request.has_description()) change.set_description(request.description());
  change.set_update_time(unix_millis());
  v1::UpdateModelVersionResponse response;
  *response.mutable_model_version() = store_.update_model_version(context, change);
  return response;
}

v1::TransitionModelVersionStageResponse RegistryVersionService::transition_model_version_stage(
    const CallContext& context, const v1::TransitionModelVersionStageRequest& request) {
  const std::string stage = canonical_stage(request.stage());
  if (request.archive_existing_versions()) check_makes_room(stage, request.stage());
  auto transition = key_of<v1::plugin::StageTransition>(request);
  transition.set_stage(stage);
  transition.set_archive_existing(request.archive_existing_versions());
  transition.set_update_time(unix_millis());
  v1::TransitionModelVersionStageResponse response;
  *response.mutable_model_version() = store_.transition_model_version_stage(context, transition);
  return response;
}

v1::DeleteModelVersionResponse RegistryVersionService::delete_model_version(
    const CallContext& context, const v1::DeleteModelVersionRequest& request) {
  auto deletion = key_of<v1::plugin::ModelVersionDeletion>(request);
  deletion.set_update_time(unix_millis());
  store_.delete_model_version(context, deletion);
  return {};
}

v1::SearchModelVersionsResponse RegistryVersionService::search_model_versions(
    const CallContext& context, const v1::SearchModelVersionsRequest& request) {
  v1::plugin::ModelVersionQuery query;
  query.mutable_page()->set_limit(request.has_max_results() ? request.max_results() : kLargestPage);
  tracking::check_page_limit(query.page().limit(), kLargestPage);
  query.mutable_page()->set_cursor(tracking::cursor_from(request.page_token()));
  *query.mutable_filter() =
      with_prompts_as_asked(query::parse_filter(query::Entity::kModelVersion, request.filter()));
  const std::initializer_list<TieBreaker> newest_first{
      {"last_updated_timestamp", true}, {"name", false}, {"version_number", true}};
  const std::initializer_list<TieBreaker> by_name{{"name", false}, {"version_number", true}};
  *query.mutable_order_by() = total_order(query::Entity::kModelVersion, request.order_by(),
                                          request.order_by().empty() ? newest_first : by_name);
  v1::plugin::ModelVersionPage page = store_.search_model_versions(context, query);
  v1::SearchModelVersionsResponse response;
  response.mutable_model_versions()->Swap(page.mutable_versions());
  if (!page.next_cursor().empty()) response.set_next_page_token(tracking::page_token(page.next_cursor()));
  return response;
}

v1::GetModelVersionDownloadUriResponse RegistryVersionService::get_model_version_download_uri(
    const CallContext& context, const v1::GetModelVersionDownloadUriRequest& request) {
  v1::GetModelVersionDownloadUriResponse response;
  response.set_artifact_uri(
      store_.get_model_version_location(context, key_of<v1::plugin::ModelVersionKey>(request))
          .storage_location());
  return response;
}

v1::SetModelVersionTagResponse RegistryVersionService::set_model_version_tag(
    const CallContext& context, const v1::SetModelVersionTagRequest& request) {
  auto write = key_of<v1::plugin::ModelVersionTagWrite>(request);
  v1::ModelVersionTag tag;
  tag.set_key(request.key());
  tag.set_value(request.value());
  check_version_tag(tag);
  write.set_key(request.key());
  write.set_value(request.value());
  store_.set_model_version_tag(context, write);
  listener_.happened(version_tag_set(request));
  return {};
}

v1::DeleteModelVersionTagResponse RegistryVersionService::delete_model_version_tag(
    const CallContext& context, const v1::DeleteModelVersionTagRequest& request) {
  auto key = key_of<v1::plugin::ModelVersionTagKey>(request);
  check_tag(request.key(), "");
  key.set_key(request.key());
  store_.delete_model_version_tag(context, key);
  listener_.happened(version_tag_deleted(request));
  return {};
}

}  // namespace millrace::registry

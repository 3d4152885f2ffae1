#include "registry/registered_model_service.h"

#include "base/clock.h"
#include "base/error.h"
#include "query/query.h"
#include "registry/latest_versions.h"
#include "registry/rules/names.h"
#include "registry/rules/prompts.h"
#include "registry/rules/tags.h"
#include "registry/search_order.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"

namespace millrace::registry {
namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kLargestPage = 1000;

v1::plugin::RegisteredModelLookup lookup_of(const std::string& name) {
  check_model_name(name);
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(name);
  return lookup;
}

v1::plugin::RegisteredModelChanges changes_of(const std::string& name) {
  check_model_name(name);
  v1::plugin::RegisteredModelChanges changes;
  changes.set_name(name);
  changes.set_update_time(unix_millis());
  return changes;
}

const char* kind(bool prompt) {
  return prompt ? "Prompt" : "Registered Model";
}

}  // namespace

v1::CreateRegisteredModelResponse RegistryModelService::create_registered_model(
    const CallContext& context, const v1::CreateRegisteredModelRequest& request) {
  check_model_name(request.name());
  for (const auto& tag : request.tags()) check_tag(tag.key(), tag.value());
  v1::plugin::NewRegisteredModel model;
  model.set_name(request.name());
  model.set_description(request.description());
  *model.mutable_tags() = last_of_each_key(request.tags());
  model.set_creation_time(unix_millis());
  v1::CreateRegisteredModelResponse response;
  try {
    *response.mutable_registered_model() = store_.create_registered_model(context, model);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kResourceAlreadyExists) throw;
    throw_name_taken(context, request);
  }
  listener_.happened(model_created(request));
  return response;
}

// Prompts and models share their names; the message tells which of them was there.
void RegistryModelService::throw_name_taken(const CallContext& context,
                                            const v1::CreateRegisteredModelRequest& request) {
  const bool wanted = has_prompt_mark(request.tags());
  const bool there = has_prompt_mark(store_.get_registered_model(context, lookup_of(request.name())).tags());
  if (wanted == there) {
    throw Error(ErrorCode::kResourceAlreadyExists,
                std::string(kind(wanted)) + " (name=" + request.name() + ") already exists.");
  }
  throw Error(ErrorCode::kResourceAlreadyExists,
              "Tried to create a " + lower_case(kind(wanted)) + " with name '" + request.name() +
                  "', but the name is already taken by a " + lower_case(kind(there)) +
                  ". MLflow does not allow creating a model and a prompt with the same name.");
}

v1::GetRegisteredModelResponse RegistryModelService::get_registered_model(
    const CallContext& context, const v1::GetRegisteredModelRequest& request) {
  v1::GetRegisteredModelResponse response;
  *response.mutable_registered_model() = store_.get_registered_model(context, lookup_of(request.name()));
  return response;
}

v1::RenameRegisteredModelResponse RegistryModelService::rename_registered_model(
    const CallContext& context, const v1::RenameRegisteredModelRequest& request) {
  check_model_name(request.new_name(), "new_name");
  v1::plugin::RegisteredModelChanges changes = changes_of(request.name());
  changes.set_new_name(request.new_name());
  v1::RenameRegisteredModelResponse response;
  *response.mutable_registered_model() = store_.update_registered_model(context, changes);
  return response;
}

v1::UpdateRegisteredModelResponse RegistryModelService::update_registered_model(
    const CallContext& context, const v1::UpdateRegisteredModelRequest& request) {
  v1::plugin::RegisteredModelChanges changes = changes_of(request.name());
  changes.set_description(request.description());
  v1::UpdateRegisteredModelResponse response;
  *response.mutable_registered_model() = store_.update_registered_model(context, changes);
  return response;
}

v1::DeleteRegisteredModelResponse RegistryModelService::delete_registered_model(
    const CallContext& context, const v1::DeleteRegisteredModelRequest& request) {
  store_.delete_registered_model(context, lookup_of(request.name()));
  return {};
}

v1::SearchRegisteredModelsResponse RegistryModelService::search_registered_models(
    const CallContext& context, const v1::SearchRegisteredModelsRequest& request) {
  v1::plugin::RegisteredModelQuery query;
  query.mutable_page()->set_limit(request.has_max_results() ? request.max_results() : kDefaultPage);
  tracking::check_page_limit(query.page().limit(), kLargestPage);
  query.mutable_page()->set_cursor(tracking::cursor_from(request.page_token()));
  *query.mutable_filter() =
      with_prompts_as_asked(query::parse_filter(query::Entity::kRegisteredModel, request.filter()));
  *query.mutable_order_by() =
      total_order(query::Entity::kRegisteredModel, request.order_by(), {{"name", false}});
  v1::plugin::RegisteredModelPage page = store_.search_registered_models(context, query);
  v1::SearchRegisteredModelsResponse response;
  response.mutable_registered_models()->Swap(page.mutable_models());
  if (!page.next_cursor().empty()) response.set_next_page_token(tracking::page_token(page.next_cursor()));
  return response;
}

v1::GetLatestVersionsResponse RegistryModelService::get_latest_versions(
    const CallContext& context, const v1::GetLatestVersionsRequest& request) {
  check_model_name(request.name());
  v1::GetLatestVersionsResponse response;
  const std::vector<std::string> stages(request.stages().begin(), request.stages().end());
  for (v1::ModelVersion& version : latest_versions(store_, context, request.name(), stages)) {
    *response.add_model_versions() = std::move(version);
  }
  return response;
}

v1::SetRegisteredModelTagResponse RegistryModelService::set_registered_model_tag(
    const CallContext& context, const v1::SetRegisteredModelTagRequest& request) {
  check_model_name(request.name());
  check_tag(request.key(), request.value());
  v1::plugin::RegisteredModelTagWrite write;
  write.set_name(request.name());
  write.set_key(request.key());
  write.set_value(request.value());
  store_.set_registered_model_tag(context, write);
  listener_.happened(model_tag_set(request));
  return {};
}

v1::DeleteRegisteredModelTagResponse RegistryModelService::delete_registered_model_tag(
    const CallContext& context, const v1::DeleteRegisteredModelTagRequest& request) {
  check_model_name(request.name());
  check_tag(request.key(), "");
  v1::plugin::RegisteredModelTagKey key;
  key.set_name(request.name());
  key.set_key(request.key());
  store_.delete_registered_model_tag(context, key);
  listener_.happened(model_tag_deleted(request));
  return {};
}

v1::SetRegisteredModelAliasResponse RegistryModelService::set_registered_model_alias(
    const CallContext& context, const v1::SetRegisteredModelAliasRequest& request) {
  check_model_name(request.name());
  check_new_alias(request.alias());
  v1::plugin::AliasWrite write;
  write.set_name(request.name());
  write.set_alias(request.alias());
  write.set_version(version_number(request.name(), request.version()));
  store_.set_registered_model_alias(context, write);
  listener_.happened(alias_set(request));
  return {};
}

v1::DeleteRegisteredModelAliasResponse RegistryModelService::delete_registered_model_alias(
    const CallContext& context, const v1::DeleteRegisteredModelAliasRequest& request) {
  check_model_name(request.name());
  check_alias(request.alias());
  v1::plugin::AliasKey key;
  key.set_name(request.name());
  key.set_alias(request.alias());
  store_.delete_registered_model_alias(context, key);
  listener_.happened(alias_deleted(request));
  return {};
}

v1::GetModelVersionByAliasResponse RegistryModelService::get_model_version_by_alias(
    const CallContext& context, const v1::GetModelVersionByAliasRequest& request) {
  check_model_name(request.name());
  check_alias(request.alias());
  v1::GetModelVersionByAliasResponse response;
  if (is_latest(request.alias())) {
    *response.mutable_model_version() = latest_version(store_, context, request.name(), "");
    return response;
  }
  v1::plugin::ModelVersionLookup lookup;
  lookup.set_name(request.name());
  lookup.set_alias(request.alias());
  *response.mutable_model_version() = store_.get_model_version(context, lookup);
  return response;
}

}  // namespace millrace::registry

#include "registry/webhooks/registry_event.h"

#include <algorithm>
#include <initializer_list>

#include "registry/rules/prompts.h"
#include "registry/rules/tags.h"
#include "wire/json_object.h"

namespace millrace::registry {
namespace {

using v1::WebhookEvent;
using wire::JsonObject;
using Owner = RegistryEvent::Owner;

// Tags that make a prompt of a registered model; receivers are told so by the event.
constexpr std::string_view kPromptType = "_mlflow_prompt_type";

WebhookEvent event_of(WebhookEvent::Entity entity, WebhookEvent::Action action) {
  WebhookEvent event;
  event.set_entity(entity);
  event.set_action(action);
  return event;
}

template <typename Tags>
std::string tags_as_json(const Tags& tags, std::initializer_list<std::string_view> left_out = {}) {
  JsonObject object;
  for (const auto& tag : last_of_each_key(tags)) {
    if (std::find(left_out.begin(), left_out.end(), tag.key()) == left_out.end())
      object.text(tag.key(), tag.value());
  }
  return object.str();
}

void add_or_null(JsonObject& object, std::string_view name, const std::string& text) {
  if (text.empty()) {
    object.json(name, "null");
  } else {
    object.text(name, text);
  }
}

// What is done to a thing that may belong to a model or to a prompt.
RegistryEvent done_to(const std::string& name, WebhookEvent::Entity model_entity,
                      WebhookEvent::Entity prompt_entity, WebhookEvent::Action action,
                      const JsonObject& data) {
  return {name, Owner::kUnknown, event_of(model_entity, action), event_of(prompt_entity, action), data.str()};
}

std::string version_data(const v1::CreateModelVersionRequest& request, const v1::ModelVersion& made) {
  JsonObject data;
  data.text("name", request.name()).text("version", made.version()).text("source", made.source());
  add_or_null(data, "run_id", made.run_id());
  data.json("tags", tags_as_json(request.tags()));
  add_or_null(data, "description", request.description());
  return data.str();
}

std::string prompt_version_data(const v1::CreateModelVersionRequest& request, const v1::ModelVersion& made) {
  const auto tags = last_of_each_key(request.tags());
  const auto text =
      std::find_if(tags.begin(), tags.end(), [](const auto& tag) { return tag.key() == kPromptText; });
  JsonObject data;
  data.text("name", request.name()).text("version", made.version());
  if (text == tags.end()) {
    data.json("template", "null");
  } else {
    data.text("template", text->value());
  }
  data.json("tags", tags_as_json(tags, {kIsPrompt, kPromptType, kPromptText}));
  add_or_null(data, "description", request.description());
  return data.str();
}

}  // namespace

RegistryEvent model_created(const v1::CreateRegisteredModelRequest& request) {
  const bool prompt = says_prompt(request.tags());
  JsonObject data;
  data.text("name", request.name());
  data.json("tags",
            prompt ? tags_as_json(request.tags(), {kIsPrompt, kPromptType}) : tags_as_json(request.tags()));
  data.text("description", request.description());
  return {request.name(), prompt ? Owner::kPrompt : Owner::kModel,
          event_of(WebhookEvent::REGISTERED_MODEL, WebhookEvent::CREATED),
          event_of(WebhookEvent::PROMPT, WebhookEvent::CREATED), data.str()};
}

// Nobody is told of the tags of models, as with the reference.
RegistryEvent model_tag_set(const v1::SetRegisteredModelTagRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("key", request.key()).text("value", request.value());
  return {request.name(), Owner::kUnknown, std::nullopt,
          event_of(WebhookEvent::PROMPT_TAG, WebhookEvent::SET), data.str()};
}

RegistryEvent model_tag_deleted(const v1::DeleteRegisteredModelTagRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("key", request.key());
  return {request.name(), Owner::kUnknown, std::nullopt,
          event_of(WebhookEvent::PROMPT_TAG, WebhookEvent::DELETED), data.str()};
}

RegistryEvent alias_set(const v1::SetRegisteredModelAliasRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("alias", request.alias()).text("version", request.version());
  return done_to(request.name(), WebhookEvent::MODEL_VERSION_ALIAS, WebhookEvent::PROMPT_ALIAS,
                 WebhookEvent::CREATED, data);
}

RegistryEvent alias_deleted(const v1::DeleteRegisteredModelAliasRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("alias", request.alias());
  return done_to(request.name(), WebhookEvent::MODEL_VERSION_ALIAS, WebhookEvent::PROMPT_ALIAS,
                 WebhookEvent::DELETED, data);
}

RegistryEvent version_created(const v1::CreateModelVersionRequest& request, const v1::ModelVersion& made) {
  const bool prompt = says_prompt(request.tags());
  return {request.name(), prompt ? Owner::kPrompt : Owner::kModel,
          event_of(WebhookEvent::MODEL_VERSION, WebhookEvent::CREATED),
          event_of(WebhookEvent::PROMPT_VERSION, WebhookEvent::CREATED),
          prompt ? prompt_version_data(request, made) : version_data(request, made)};
}

RegistryEvent version_tag_set(const v1::SetModelVersionTagRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("version", request.version());
  data.text("key", request.key()).text("value", request.value());
  return done_to(request.name(), WebhookEvent::MODEL_VERSION_TAG, WebhookEvent::PROMPT_VERSION_TAG,
                 WebhookEvent::SET, data);
}

RegistryEvent version_tag_deleted(const v1::DeleteModelVersionTagRequest& request) {
  JsonObject data;
  data.text("name", request.name()).text("version", request.version()).text("key", request.key());
  return done_to(request.name(), WebhookEvent::MODEL_VERSION_TAG, WebhookEvent::PROMPT_VERSION_TAG,
                 WebhookEvent::DELETED, data);
}

}  // namespace millrace::registry

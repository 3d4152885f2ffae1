#include "registry/webhooks/registry_event.h"
#include "wire/json_object.h"

namespace millrace::registry {
namespace {

using v1::WebhookEvent;
using wire::JsonObject;

constexpr const char* kTags = R"({"example_key":"example_value"})";

bool is_about_prompt(WebhookEvent::Entity entity) {
  return entity >= WebhookEvent::PROMPT && entity <= WebhookEvent::PROMPT_ALIAS;
}

// A budget of language models, of which this server keeps none.
std::string budget() {
  return R"({"budget_policy_id":"bp-abc123","budget_unit":"USD","budget_amount":100.0,"current_spend":105.5,)"
         R"("duration_unit":"MONTHS","duration_value":1,"target_scope":"ENDPOINT","workspace":"default",)"
         R"("target_value":"ep-abc123","window_start":1704067200000})";
}

void add_version_of(JsonObject& data, WebhookEvent::Entity entity) {
  if (entity != WebhookEvent::PROMPT_TAG) data.text("version", "1");
}

void add_tag(JsonObject& data, const WebhookEvent& event) {
  add_version_of(data, event.entity());
  data.text("key", "example_key");
  if (event.action() == WebhookEvent::SET) data.text("value", "example_value");
}

void add_alias(JsonObject& data, const WebhookEvent& event) {
  data.text("alias", "example_alias");
  if (event.action() == WebhookEvent::CREATED) data.text("version", "1");
}

void add_creation(JsonObject& data, WebhookEvent::Entity entity) {
  if (entity == WebhookEvent::MODEL_VERSION)
    data.text("version", "1").text("source", "models:/123").text("run_id", "abcd1234abcd5678");
  if (entity == WebhookEvent::PROMPT_VERSION) data.text("version", "1").text("template", "Hello {{name}}!");
  data.json("tags", kTags);
}

const char* description_of(WebhookEvent::Entity entity) {
  switch (entity) {
    case WebhookEvent::REGISTERED_MODEL:
      return "An example registered model";
    case WebhookEvent::MODEL_VERSION:
      return "An example model version";
    case WebhookEvent::PROMPT:
      return "An example prompt";
    default:
      return "An example prompt version";
  }
}

}  // namespace

std::string example_data(const WebhookEvent& event) {
  if (event.entity() == WebhookEvent::BUDGET_POLICY) return budget();
  JsonObject data;
  data.text("name", is_about_prompt(event.entity()) ? "example_prompt" : "example_model");
  switch (event.entity()) {
    case WebhookEvent::MODEL_VERSION_TAG:
    case WebhookEvent::PROMPT_TAG:
    case WebhookEvent::PROMPT_VERSION_TAG:
      add_tag(data, event);
      break;
    case WebhookEvent::MODEL_VERSION_ALIAS:
    case WebhookEvent::PROMPT_ALIAS:
      add_alias(data, event);
      break;
    default:
      add_creation(data, event.entity());
      data.text("description", description_of(event.entity()));
  }
  return data.str();
}

}  // namespace millrace::registry

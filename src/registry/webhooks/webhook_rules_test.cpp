#include <doctest/doctest.h>

#include <set>

#include "base/error.h"
#include "registry/webhooks/event_names.h"
#include "registry/webhooks/registry_event.h"
#include "registry/webhooks/rules.h"

using namespace millrace;
using namespace millrace::registry;
using v1::WebhookEvent;

namespace {

WebhookEvent event(int entity, int action) {
  WebhookEvent event;
  event.set_entity(static_cast<WebhookEvent::Entity>(entity));
  event.set_action(static_cast<WebhookEvent::Action>(action));
  return event;
}

bool is_known(const WebhookEvent& event) {
  try {
    check_webhook_event(event);
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kInvalidParameterValue);
    return false;
  }
}

std::set<std::string> known_events() {
  std::set<std::string> names;
  for (int entity = 0; entity < 12; ++entity) {
    for (int action = 0; action < 7; ++action) {
      if (is_known(event(entity, action))) names.insert(event_name(event(entity, action)));
    }
  }
  return names;
}

v1::CreateModelVersionRequest version_request() {
  v1::CreateModelVersionRequest request;
  request.set_name("m");
  request.set_source("runs:/r/model");
  auto& tag = *request.add_tags();
  tag.set_key("a");
  tag.set_value("1");
  return request;
}

v1::ModelVersion made_version() {
  v1::ModelVersion made;
  made.set_version("3");
  made.set_source("runs:/r/model");
  made.set_run_id("r");
  return made;
}

void mark_as_prompt(v1::CreateModelVersionRequest& request) {
  auto& mark = *request.add_tags();
  mark.set_key("mlflow.prompt.is_prompt");
  mark.set_value("true");
  auto& type = *request.add_tags();
  type.set_key("_mlflow_prompt_type");
  type.set_value("text");
  auto& text = *request.add_tags();
  text.set_key("mlflow.prompt.text");
  text.set_value("Hi {{x}}");
}

}  // namespace

TEST_CASE("the events that can be subscribed to are the reference's") {
  CHECK(known_events() == std::set<std::string>{"registered_model.created", "model_version.created",
                                                "model_version_tag.set", "model_version_tag.deleted",
                                                "model_version_alias.created", "model_version_alias.deleted",
                                                "prompt.created", "prompt_version.created", "prompt_tag.set",
                                                "prompt_tag.deleted", "prompt_version_tag.set",
                                                "prompt_version_tag.deleted", "prompt_alias.created",
                                                "prompt_alias.deleted", "budget_policy.exceeded"});
}

TEST_CASE("a wrong action is answered with those that there are") {
  CHECK_THROWS_WITH_AS(check_webhook_event(event(WebhookEvent::PROMPT_TAG, WebhookEvent::CREATED)),
                       "Invalid action 'created' for entity 'prompt_tag'. Valid actions are: deleted, set.",
                       Error);
  CHECK_THROWS_WITH_AS(check_webhook_event(event(0, WebhookEvent::CREATED)),
                       "A webhook event lacks its 'entity'.", Error);
}

TEST_CASE("names of events are read back, others are not") {
  for (const std::string& name : known_events()) {
    const size_t dot = name.find('.');
    WebhookEvent read;
    REQUIRE(parse_event(name.substr(0, dot), name.substr(dot + 1), read));
    CHECK(event_name(read) == name);
  }
  WebhookEvent read;
  CHECK_FALSE(parse_event("experiment", "created", read));
  CHECK_FALSE(parse_event("prompt", "eaten", read));
}

TEST_CASE("events are kept once each, by their names") {
  WebhookEvents events;
  for (const auto& one : {event(WebhookEvent::PROMPT_TAG, WebhookEvent::SET),
                          event(WebhookEvent::MODEL_VERSION, WebhookEvent::CREATED),
                          event(WebhookEvent::PROMPT_TAG, WebhookEvent::DELETED),
                          event(WebhookEvent::PROMPT_TAG, WebhookEvent::SET)})
    *events.Add() = one;
  std::string names;
  for (const auto& one : canonical_events(events)) names += event_name(one) + " ";
  CHECK(names == "model_version.created prompt_tag.deleted prompt_tag.set ");
}

TEST_CASE("names of webhooks") {
  for (const std::string& name : {std::string("a"), std::string("A.b_c-9"), std::string(63, 'x')})
    CHECK_NOTHROW(check_webhook_name(name));
  for (const std::string& name : {std::string(), std::string(64, 'x'), std::string("-a"), std::string("a-"),
                                  std::string("a b"), std::string("a\n"), std::string("\xc3\xbc")}) {
    CAPTURE(name);
    CHECK_THROWS_AS(check_webhook_name(name), Error);
  }
}

TEST_CASE("URLs of webhooks") {
  WebhookSettings settings;
  for (const char* url : {"https://example.com", "HTTPS://example.com:8443/a?b=c", "https://u:p@example.com/",
                          "https://8.8.8.8/", "https://[2606:4700::1111]:443/x"}) {
    CAPTURE(std::string(url));
    CHECK_NOTHROW(check_webhook_url(url, settings));
  }
  for (const char* url :
       {"", " ", "example.com", "http://example.com", "ftp://example.com", "https://", "https:///x",
        "https://:443/", "https://exa mple.com/", "https://example.com/\n", "https://localhost/",
        "https://127.0.0.1:9/", "https://user@10.0.0.1/", "https://[::1]/", "https://2130706433/"}) {
    CAPTURE(std::string(url));
    CHECK_THROWS_AS(check_webhook_url(url, settings), Error);
  }
  CHECK_THROWS_AS(check_webhook_url("https://example.com/" + std::string(490, 'x'), settings), Error);
  settings.allowed_schemes = {"http", "https"};
  settings.allow_private_addresses = true;
  CHECK_NOTHROW(check_webhook_url("http://localhost:8080/x", settings));
}

TEST_CASE("a version of a model is told with its source and run") {
  const RegistryEvent told = version_created(version_request(), made_version());
  CHECK(told.owner == RegistryEvent::Owner::kModel);
  CHECK(event_name(*told.of_model) == "model_version.created");
  CHECK(
      told.data ==
      R"({"name": "m", "version": "3", "source": "runs:/r/model", "run_id": "r", "tags": {"a": "1"}, "description": null})");
}

TEST_CASE("a version of a prompt is told with its template and without what makes it a prompt") {
  v1::CreateModelVersionRequest request = version_request();
  mark_as_prompt(request);
  request.set_description("d");
  const RegistryEvent told = version_created(request, made_version());
  CHECK(told.owner == RegistryEvent::Owner::kPrompt);
  CHECK(event_name(*told.of_prompt) == "prompt_version.created");
  CHECK(told.data ==
        R"({"name": "m", "version": "3", "template": "Hi {{x}}", "tags": {"a": "1"}, "description": "d"})");
}

TEST_CASE("whose tag or alias it is has to be looked up") {
  v1::SetModelVersionTagRequest tag;
  tag.set_name("m");
  tag.set_version("1");
  tag.set_key("k");
  tag.set_value("v");
  const RegistryEvent told = version_tag_set(tag);
  CHECK(told.owner == RegistryEvent::Owner::kUnknown);
  CHECK(event_name(*told.of_model) == "model_version_tag.set");
  CHECK(event_name(*told.of_prompt) == "prompt_version_tag.set");
  CHECK(told.data == R"({"name": "m", "version": "1", "key": "k", "value": "v"})");
  v1::SetRegisteredModelTagRequest of_model;
  of_model.set_name("m");
  CHECK_FALSE(model_tag_set(of_model).of_model.has_value());
  v1::DeleteRegisteredModelAliasRequest alias;
  alias.set_name("m");
  alias.set_alias("best");
  CHECK(event_name(*alias_deleted(alias).of_prompt) == "prompt_alias.deleted");
  CHECK(alias_deleted(alias).data == R"({"name": "m", "alias": "best"})");
}

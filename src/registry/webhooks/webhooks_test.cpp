#include "registry/webhooks/webhooks.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/error.h"
#include "base/ids.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "registry/webhooks/test_receiver.h"

using namespace millrace;
using namespace millrace::registry;
using namespace millrace::registry::testing;
using v1::WebhookEvent;

namespace {

const CallContext kContext;
constexpr const char* kSecret = "do-not-tell";

WebhookSettings settings_with_key() {
  WebhookSettings settings;
  settings.allowed_schemes = {"http"};
  settings.allow_private_addresses = true;
  settings.encryption_key = Secret(std::string_view("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="));
  return settings;
}

// Webhooks on a database in a folder of its own.
class Fixture {
 public:
  explicit Fixture(const WebhookSettings& settings = settings_with_key())
      : folder_(std::filesystem::temp_directory_path() / ("millrace-webhooks-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
    sql::SqliteDatabaseOptions options;
    options.path = (folder_ / "m.db").string();
    store_ = std::make_unique<SqlRegistryStore>(options);
    webhooks_ = std::make_unique<Webhooks>(*store_, settings, log_);
  }
  ~Fixture() {
    webhooks_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Webhooks& webhooks() { return *webhooks_; }
  WebhookService& service() { return webhooks_->service(); }
  SqlRegistryStore& store() { return *store_; }

  v1::Webhook create(const std::string& url, const std::vector<WebhookEvent>& events,
                     const std::string& secret = kSecret) {
    v1::CreateWebhookRequest request;
    request.set_name("hook");
    request.set_url(url);
    for (const auto& event : events) *request.add_events() = event;
    request.set_secret(secret);
    return service().create_webhook(kContext, request).webhook();
  }

  v1::WebhookTestResult test(const std::string& id) {
    v1::TestWebhookRequest request;
    request.set_webhook_id(id);
    return service().test_webhook(kContext, request).result();
  }

  void set_status(const std::string& id, v1::Webhook::Status status) {
    v1::UpdateWebhookRequest request;
    request.set_webhook_id(id);
    request.set_status(status);
    service().update_webhook(kContext, request);
  }

  // A model, or a prompt when it is marked as one.
  void make_model(const std::string& name, bool prompt) {
    v1::plugin::NewRegisteredModel model;
    model.set_name(name);
    if (prompt) {
      auto& tag = *model.add_tags();
      tag.set_key("mlflow.prompt.is_prompt");
      tag.set_value("true");
    }
    store_->create_registered_model(kContext, model);
  }

  void tell_alias(const std::string& name) {
    v1::SetRegisteredModelAliasRequest request;
    request.set_name(name);
    request.set_alias("best");
    request.set_version("1");
    webhooks_->listener().happened(alias_set(request));
  }

 private:
  std::filesystem::path folder_;
  Log log_{LogLevel::kInfo, [](LogLevel, std::string_view) {}};
  std::unique_ptr<SqlRegistryStore> store_;
  std::unique_ptr<Webhooks> webhooks_;
};

WebhookEvent event(WebhookEvent::Entity entity, WebhookEvent::Action action) {
  WebhookEvent event;
  event.set_entity(entity);
  event.set_action(action);
  return event;
}

const WebhookEvent kModelAlias = event(WebhookEvent::MODEL_VERSION_ALIAS, WebhookEvent::CREATED);
const WebhookEvent kPromptAlias = event(WebhookEvent::PROMPT_ALIAS, WebhookEvent::CREATED);

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find(kSecret) == std::string::npos);
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::kInternalError;
}

}  // namespace

TEST_CASE("secrets are kept sealed and not answered") {
  Fixture f;
  const v1::Webhook made = f.create("http://127.0.0.1:9/", {kModelAlias});
  CHECK(made.ShortDebugString().find(kSecret) == std::string::npos);
  v1::plugin::WebhookLookup lookup;
  lookup.set_webhook_id(made.webhook_id());
  const auto stored = f.store().get_webhook(kContext, lookup);
  CHECK(stored.sealed_secret().starts_with("gAAAAA"));
  CHECK(SecretBox(settings_with_key().encryption_key).unseal(stored.sealed_secret()).reveal() == kSecret);
}

TEST_CASE("without a key a secret is refused, and a webhook without one is made") {
  WebhookSettings settings = settings_with_key();
  settings.encryption_key = Secret();
  Fixture f(settings);
  CHECK(code_of([&] { f.create("http://127.0.0.1:9/", {kModelAlias}); }) ==
        ErrorCode::kInvalidParameterValue);
  CHECK(f.create("http://127.0.0.1:9/", {kModelAlias}, "").status() == v1::Webhook::ACTIVE);
}

TEST_CASE("a secret that does not fit the column is refused") {
  Fixture f;
  CHECK_NOTHROW(f.create("http://127.0.0.1:9/", {kModelAlias}, std::string(687, 's')));
  CHECK(code_of([&] { f.create("http://127.0.0.1:9/", {kModelAlias}, std::string(688, 's')); }) ==
        ErrorCode::kInvalidParameterValue);
}

TEST_CASE("a test tells what the receiver answered") {
  Receiver receiver([](size_t number) {
    if (number == 0) return http_answer(200, "welcome");
    if (number == 1) return http_answer(503, "busy");
    if (number == 2) return http_answer(302, "", "Location: /elsewhere\r\n");
    return http_answer(200, std::string(100'000, 'x') + "\xff");
  });
  Fixture f;
  const std::string id = f.create(receiver.url(), {kPromptAlias}).webhook_id();
  v1::WebhookTestResult result = f.test(id);
  CHECK(result.success());
  CHECK(result.response_status() == 200);
  CHECK(result.response_body() == "welcome");
  CHECK_FALSE(result.has_error_message());
  result = f.test(id);
  CHECK_FALSE(result.success());
  CHECK(result.response_status() == 503);
  CHECK(receiver.count() == 2);  // it was not tried again
  CHECK(f.test(id).error_message() == "The receiver redirects, which is not followed.");
  CHECK(f.test(id).response_body() == std::string(16 * 1024, 'x'));
  CHECK(receiver.await(1)[0].body.find(
            R"("data": {"name": "example_prompt", "alias": "example_alias", "version": "1"})") !=
        std::string::npos);
}

TEST_CASE("what a receiver answers becomes text") {
  Receiver receiver([](size_t) { return http_answer(200, std::string("a\xff\xc3\xbc", 4)); });
  Fixture f;
  CHECK(f.test(f.create(receiver.url(), {kModelAlias}).webhook_id()).response_body() == "a???");
}

TEST_CASE("no more than four tests wait at once") {
  WebhookSettings settings = settings_with_key();
  settings.request_timeout_seconds = 6;
  Receiver slow([](size_t) { return std::string(); });
  Fixture f(settings);
  const std::string id = f.create(slow.url(), {kModelAlias}).webhook_id();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { f.test(id); });
  slow.await(4);
  CHECK(code_of([&] { f.test(id); }) == ErrorCode::kTemporarilyUnavailable);
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("whether a prompt or a model was changed is found out, and who asked is told") {
  Receiver receiver;
  Fixture f;
  f.make_model("model", false);
  f.make_model("prompt", true);
  f.create(receiver.url(), {kPromptAlias});
  f.tell_alias("model");
  f.tell_alias("prompt");
  CHECK(receiver.await(1)[0].body.find(R"("entity": "prompt_alias", "action": "created")") !=
        std::string::npos);
  f.create(receiver.url(), {kModelAlias});  // counts at once
  f.tell_alias("model");
  CHECK(receiver.await(2)[1].body.find(R"("entity": "model_version_alias")") != std::string::npos);
  f.webhooks().stop(std::chrono::seconds(10));
  CHECK(receiver.count() == 2);
  CHECK(f.webhooks().statistics().deliveries.delivered == 2);
}

TEST_CASE("a disabled webhook and a deleted one are told of nothing") {
  Receiver receiver;
  Fixture f;
  f.make_model("m", false);
  const std::string disabled = f.create(receiver.url(), {kModelAlias}).webhook_id();
  f.set_status(disabled, v1::Webhook::DISABLED);
  v1::DeleteWebhookRequest deletion;
  deletion.set_webhook_id(f.create(receiver.url(), {kModelAlias}).webhook_id());
  f.service().delete_webhook(kContext, deletion);
  f.tell_alias("m");
  f.webhooks().stop(std::chrono::seconds(10));
  CHECK(receiver.count() == 0);
}

TEST_CASE("an event of a model that is gone is dropped and counted") {
  Receiver receiver;
  Fixture f;
  f.create(receiver.url(), {kModelAlias});
  f.tell_alias("gone");
  f.webhooks().stop(std::chrono::seconds(10));
  CHECK(receiver.count() == 0);
  CHECK(f.webhooks().statistics().events.dropped == 1);
}

TEST_CASE("an update changes what it names and checks it") {
  Fixture f;
  const std::string id = f.create("http://127.0.0.1:9/", {kModelAlias}).webhook_id();
  v1::UpdateWebhookRequest update;
  update.set_webhook_id(id);
  update.set_name("other");
  *update.add_events() = kPromptAlias;
  const v1::Webhook now = f.service().update_webhook(kContext, update).webhook();
  CHECK(now.name() == "other");
  CHECK(now.url() == "http://127.0.0.1:9/");
  CHECK(now.events_size() == 1);
  CHECK(now.events(0).entity() == WebhookEvent::PROMPT_ALIAS);
  update.set_url("https://127.0.0.1/");
  CHECK(code_of([&] { f.service().update_webhook(kContext, update); }) == ErrorCode::kInvalidParameterValue);
  update.clear_url();
  update.set_webhook_id("none");
  CHECK(code_of([&] { f.service().update_webhook(kContext, update); }) == ErrorCode::kResourceDoesNotExist);
}

TEST_CASE("settings that cannot be are refused") {
  const auto refused = [](auto change) {
    Fixture f;
    Log log(LogLevel::kInfo, [](LogLevel, std::string_view) {});
    WebhookSettings settings;
    change(settings);
    return code_of([&] { Webhooks(f.store(), settings, log); }) == ErrorCode::kInvalidParameterValue;
  };
  CHECK(refused([](WebhookSettings& s) { s.max_workers = 0; }));
  CHECK(refused([](WebhookSettings& s) { s.max_retries = -1; }));
  CHECK(refused([](WebhookSettings& s) { s.request_timeout_seconds = 0; }));
  CHECK(refused([](WebhookSettings& s) { s.allowed_schemes = {"file"}; }));
  CHECK(refused([](WebhookSettings& s) { s.encryption_key = Secret(std::string_view("do-not-tell")); }));
}

#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

using v1::WebhookEvent;
using v1::plugin::NewWebhook;
using v1::plugin::StoredWebhook;
using v1::plugin::WebhookChanges;

const CallContext kContext;

WebhookEvent event(WebhookEvent::Entity entity, WebhookEvent::Action action) {
  WebhookEvent event;
  event.set_entity(entity);
  event.set_action(action);
  return event;
}

const WebhookEvent& version_created() {
  static const WebhookEvent kEvent = event(WebhookEvent::MODEL_VERSION, WebhookEvent::CREATED);
  return kEvent;
}

const WebhookEvent& tag_set() {
  static const WebhookEvent kEvent = event(WebhookEvent::MODEL_VERSION_TAG, WebhookEvent::SET);
  return kEvent;
}

const WebhookEvent& tag_deleted() {
  static const WebhookEvent kEvent = event(WebhookEvent::MODEL_VERSION_TAG, WebhookEvent::DELETED);
  return kEvent;
}

NewWebhook webhook(const std::string& id, int64_t time) {
  NewWebhook webhook;
  webhook.set_webhook_id(id);
  webhook.set_name("hook-" + id);
  webhook.set_description("t\xc3\xa4glich \xf0\x9f\x8e\x89");
  webhook.set_url("https://example.com/" + id + "?a=b&c=%20");
  *webhook.add_events() = tag_set();
  *webhook.add_events() = version_created();
  webhook.set_status(v1::Webhook::ACTIVE);
  webhook.set_sealed_secret("gAAAAA==");
  webhook.set_creation_time(time);
  return webhook;
}

// A registry store with the words that these checks are written in.
class WebhookWords {
 public:
  explicit WebhookWords(std::shared_ptr<RegistryStore> store) : store_(std::move(store)) {}

  StoredWebhook create(const NewWebhook& webhook) const { return store_->create_webhook(kContext, webhook); }
  StoredWebhook create(const std::string& id, int64_t time) const { return create(webhook(id, time)); }

  StoredWebhook get(const std::string& id) const {
    v1::plugin::WebhookLookup lookup;
    lookup.set_webhook_id(id);
    return store_->get_webhook(kContext, lookup);
  }

  StoredWebhook update(const WebhookChanges& changes) const {
    return store_->update_webhook(kContext, changes);
  }

  void remove(const std::string& id) const {
    v1::plugin::WebhookDeletion deletion;
    deletion.set_webhook_id(id);
    deletion.set_update_time(9);
    store_->delete_webhook(kContext, deletion);
  }

  // Ids over all pages, separated by blanks.
  std::string list(const WebhookEvent* told = nullptr, int64_t page = 100) const {
    v1::plugin::WebhookQuery query;
    if (told != nullptr) *query.mutable_event() = *told;
    query.mutable_page()->set_limit(page);
    std::string ids;
    do {
      const auto found = store_->list_webhooks(kContext, query);
      require(found.webhooks_size() <= page, "a page is longer than was asked for");
      for (const auto& stored : found.webhooks())
        ids += (ids.empty() ? "" : " ") + stored.webhook().webhook_id();
      query.mutable_page()->set_cursor(found.next_cursor());
    } while (!query.page().cursor().empty());
    return ids;
  }

 private:
  std::shared_ptr<RegistryStore> store_;
};

WebhookWords open_webhooks(RegistryStoreSubject& subject) {
  require_capability(subject, "webhooks");
  return WebhookWords(subject.open_new());
}

WebhookChanges changes_of(const std::string& id) {
  WebhookChanges changes;
  changes.set_webhook_id(id);
  changes.set_update_time(7);
  return changes;
}

std::string events_of(const StoredWebhook& stored) {
  std::string text;
  for (const WebhookEvent& one : stored.webhook().events()) {
    text += (text.empty() ? "" : " ") + WebhookEvent::Entity_Name(one.entity()) + "." +
            WebhookEvent::Action_Name(one.action());
  }
  return text;
}

void require_made(const StoredWebhook& found) {
  const NewWebhook made = webhook("a", 3);
  const v1::Webhook& kept = found.webhook();
  require_equal(kept.webhook_id(), made.webhook_id(), "webhook_id");
  require_equal(kept.name(), made.name(), "name");
  require_equal(kept.description(), made.description(), "description");
  require_equal(kept.url(), made.url(), "url");
  require_equal(found.sealed_secret(), made.sealed_secret(), "sealed_secret");
  require_equal(events_of(found), "MODEL_VERSION.CREATED MODEL_VERSION_TAG.SET",
                "the events, by the names of entity and action");
  require(kept.status() == v1::Webhook::ACTIVE, "the status is not the one that was given");
  require(kept.creation_timestamp() == 3 && kept.last_updated_timestamp() == 3,
          "the times are not those of the creation");
}

void webhooks_keep_what_they_were_made_with(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  require_made(store.create("a", 3));
  require_made(store.get("a"));
  NewWebhook bare = webhook("b", 4);
  bare.clear_description();
  bare.clear_sealed_secret();
  bare.set_status(v1::Webhook::DISABLED);
  bare.set_name("hook-a");
  store.create(bare);
  const StoredWebhook kept = store.get("b");
  require(kept.sealed_secret().empty() && kept.webhook().description().empty(),
          "a webhook has what was not given");
  require(kept.webhook().status() == v1::Webhook::DISABLED, "a disabled webhook is not disabled");
  require_error([&] { store.get("c"); }, ErrorCode::kResourceDoesNotExist, "an unknown webhook");
}

void changes_leave_the_rest(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  store.create("a", 3);
  WebhookChanges changes = changes_of("a");
  changes.set_status(v1::Webhook::DISABLED);
  StoredWebhook now = store.update(changes);
  require(now.webhook().status() == v1::Webhook::DISABLED && now.webhook().last_updated_timestamp() == 7,
          "the answer is not the new state");
  now = store.get("a");
  require(now.webhook().creation_timestamp() == 3, "the time of the creation has changed");
  require_equal(now.webhook().url(), webhook("a", 3).url(), "the url, which was not changed");
  require_equal(now.sealed_secret(), "gAAAAA==", "the secret, which was not changed");
  require_equal(events_of(now), "MODEL_VERSION.CREATED MODEL_VERSION_TAG.SET",
                "the events, which were not changed");
}

void changes_replace_and_take_away(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  store.create("a", 3);
  WebhookChanges changes = changes_of("a");
  changes.set_name("other");
  changes.set_url("https://example.com/other");
  changes.set_description("");
  changes.set_sealed_secret("");
  *changes.add_events() = tag_deleted();
  *changes.add_events() = tag_set();
  store.update(changes);
  const StoredWebhook now = store.get("a");
  require_equal(now.webhook().name(), "other", "the name");
  require_equal(now.webhook().url(), "https://example.com/other", "the url");
  require(now.webhook().description().empty(), "the description was not taken away");
  require(now.sealed_secret().empty(), "the secret was not taken away");
  require_equal(events_of(now), "MODEL_VERSION_TAG.DELETED MODEL_VERSION_TAG.SET", "the events");
  require_error([&] { store.update(changes_of("none")); }, ErrorCode::kResourceDoesNotExist,
                "changing an unknown webhook");
}

void lists_are_newest_first(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  require_equal(store.list(), "", "the list of a new store");
  for (const int64_t time : {2, 5, 1, 4, 3}) store.create("w" + std::to_string(time), time);
  require_equal(store.list(), "w5 w4 w3 w2 w1", "the list");
  for (const int64_t page : {1, 2, 5})
    require_equal(store.list(nullptr, page), "w5 w4 w3 w2 w1", "its pages");
}

void lists_of_one_time_hold_each_once(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  for (int i = 0; i < 7; ++i) store.create("w" + std::to_string(i), 1);
  const std::string all = store.list();
  require_equal(store.list(nullptr, 2), all, "the pages of webhooks that were created at one time");
  require_count(static_cast<int64_t>(all.size()), 7 * 3 - 1, "characters of the list of seven ids");
}

void lists_are_by_event(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  store.create("both", 1);
  NewWebhook one = webhook("one", 2);
  one.clear_events();
  *one.add_events() = tag_deleted();
  store.create(one);
  require_equal(store.list(&version_created()), "both", "who is told of versions");
  require_equal(store.list(&tag_deleted()), "one", "who is told that tags were deleted");
  WebhookChanges changes = changes_of("both");
  *changes.add_events() = tag_deleted();
  store.update(changes);
  require_equal(store.list(&version_created()), "", "who is told of versions, after the change");
  require_equal(store.list(&tag_deleted(), 1), "one both", "who is told that tags were deleted, after it");
}

void deleted_webhooks_are_gone(RegistryStoreSubject& subject, const Effort&) {
  const WebhookWords store = open_webhooks(subject);
  store.create("a", 1);
  store.create("b", 2);
  store.remove("a");
  require_error([&] { store.get("a"); }, ErrorCode::kResourceDoesNotExist, "a deleted webhook");
  require_error([&] { store.update(changes_of("a")); }, ErrorCode::kResourceDoesNotExist,
                "changing a deleted webhook");
  require_error([&] { store.remove("a"); }, ErrorCode::kResourceDoesNotExist, "deleting a deleted webhook");
  require_equal(store.list(), "b", "the list");
  require_equal(store.list(&tag_set()), "b", "who is told of tags");
}

// Asked for a webhook that is not there, so that nothing changes whatever the answer.
bool has_webhooks(RegistryStore& store) {
  v1::plugin::WebhookLookup lookup;
  lookup.set_webhook_id("none");
  try {
    store.get_webhook(kContext, lookup);
  } catch (const Error& error) {
    return error.code() != ErrorCode::kNotImplemented;
  }
  return true;
}

void webhooks_are_there_as_declared(RegistryStoreSubject& subject, const Effort&) {
  const auto store = subject.open_new();
  const bool declared = subject.declares("webhooks");
  require(has_webhooks(*store) == declared,
          declared ? "GetWebhook answers NOT_IMPLEMENTED although 'webhooks' is declared"
                   : "GetWebhook does not answer NOT_IMPLEMENTED although 'webhooks' is not declared");
}

}  // namespace

std::vector<RegistryStoreCheck> webhook_checks() {
  return {
      {Theme::kCorrectness, "webhooks are there if declared, and only then", webhooks_are_there_as_declared},
      {Theme::kCorrectness, "webhooks keep what they were made with", webhooks_keep_what_they_were_made_with},
      {Theme::kCorrectness, "a change of a webhook leaves the rest", changes_leave_the_rest},
      {Theme::kCorrectness, "a change of a webhook replaces and takes away", changes_replace_and_take_away},
      {Theme::kCorrectness, "lists of webhooks begin with the newest", lists_are_newest_first},
      {Theme::kCorrectness, "webhooks of one time are listed once each", lists_of_one_time_hold_each_once},
      {Theme::kCorrectness, "webhooks are found by what they are told of", lists_are_by_event},
      {Theme::kCorrectness, "deleted webhooks are gone", deleted_webhooks_are_gone},
  };
}

}  // namespace millrace::conformance

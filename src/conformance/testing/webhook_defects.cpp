#include <algorithm>
#include <set>

#include "base/error.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Registry = RegistryOfFunctions;
using v1::plugin::StoredWebhook;
using v1::plugin::WebhookChanges;

// Writes every column from the message, as if what is absent had been set to nothing.
void overwrite_what_stays(Registry& registry) {
  before(registry.on_update_webhook, [](WebhookChanges& changes) {
    if (!changes.has_sealed_secret()) changes.set_sealed_secret("");
  });
}

// The new events come to the old ones.
void keep_old_events(Registry& registry) {
  instead(registry.on_update_webhook,
          [&registry](const auto& next, const CallContext& context, const WebhookChanges& changes) {
            v1::plugin::WebhookLookup lookup;
            lookup.set_webhook_id(changes.webhook_id());
            WebhookChanges all = changes;
            std::set<std::string> known;
            for (const auto& event : changes.events()) known.insert(event.SerializeAsString());
            const StoredWebhook old = registry.on_get_webhook(context, lookup);
            for (const auto& event : old.webhook().events()) {
              if (!changes.events().empty() && known.insert(event.SerializeAsString()).second)
                *all.add_events() = event;
            }
            return next(context, all);
          });
}

void list_oldest_first(Registry& registry) {
  after(registry.on_list_webhooks, [](v1::plugin::WebhookPage& page, const auto&) {
    std::reverse(page.mutable_webhooks()->begin(), page.mutable_webhooks()->end());
  });
}

}  // namespace

std::vector<RegistryDefect> webhook_defects() {
  return {
      {"webhooks are there if declared, and only then",
       [](Registry& registry, auto&) {
         before(registry.on_get_webhook,
                [](const auto&) { throw Error(ErrorCode::kNotImplemented, "what is a webhook?"); });
       }},
      {"webhooks keep what they were made with",
       [](Registry& registry, auto&) {
         before(registry.on_create_webhook,
                [](auto& webhook) { webhook.set_description(without_emoji(webhook.description())); });
       }},
      {"a change of a webhook leaves the rest",
       [](Registry& registry, auto&) { overwrite_what_stays(registry); }},
      {"a change of a webhook replaces and takes away",
       [](Registry& registry, auto&) { keep_old_events(registry); }},
      {"lists of webhooks begin with the newest",
       [](Registry& registry, auto&) { list_oldest_first(registry); }},
      {"webhooks of one time are listed once each",
       [](Registry& registry, auto&) { repeat_entries(registry.on_list_webhooks); }},
      {"webhooks are found by what they are told of",
       [](Registry& registry, auto&) {
         before(registry.on_list_webhooks, [](auto& query) { query.clear_event(); });
       }},
      {"deleted webhooks are gone",
       [](Registry& registry, auto&) {
         hide_error(registry.on_delete_webhook, ErrorCode::kResourceDoesNotExist,
                    [] { return v1::plugin::Done(); });
       }},
  };
}

}  // namespace millrace::conformance::testing

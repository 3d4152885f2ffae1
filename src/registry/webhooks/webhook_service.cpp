#include "registry/webhooks/webhook_service.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/percent.h"
#include "registry/webhooks/registry_event.h"
#include "registry/webhooks/rules.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/paging_limits.h"

namespace millrace::registry {
namespace {

constexpr int32_t kDefaultPage = 100;
constexpr int32_t kLargestPage = 1000;
constexpr int kMostTests = 4;

// Counts a test that is under way, or refuses it.
class TestSlot {
 public:
  explicit TestSlot(std::atomic<int>& tests) : tests_(tests) {
    if (++tests_ <= kMostTests) return;
    --tests_;
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "Other tests of webhooks are waiting for their receivers; try again.");
  }
  ~TestSlot() { --tests_; }
  TestSlot(const TestSlot&) = delete;
  TestSlot& operator=(const TestSlot&) = delete;

 private:
  std::atomic<int>& tests_;
};

// What a receiver answers is any bytes, but texts of the contract are UTF-8. Of a text that was cut, the last
// character may be there in part.
std::string as_text(const std::string& bytes) {
  const size_t most_cut = bytes.size() == HttpPost::kKeptBody ? 3 : 0;
  for (size_t cut = 0; cut <= most_cut; ++cut) {
    const std::string text = bytes.substr(0, bytes.size() - cut);
    if (is_valid_utf8(text)) return text;
  }
  std::string ascii = bytes;
  for (char& c : ascii) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  return ascii;
}

v1::WebhookTestResult result_of(const PostAnswer& answer) {
  v1::WebhookTestResult result;
  result.set_success(is_delivered(answer));
  if (answer.status == 0) {
    result.set_error_message("Failed to test webhook: " + as_text(answer.fault));
    return result;
  }
  result.set_response_status(answer.status);
  result.set_response_body(as_text(answer.body));
  if (answer.status >= 300 && answer.status < 400)
    result.set_error_message("The receiver redirects, which is not followed.");
  return result;
}

}  // namespace

v1::CreateWebhookResponse RegistryWebhookService::create_webhook(const CallContext& context,
                                                                 const v1::CreateWebhookRequest& request) {
  check_webhook_name(request.name());
  check_webhook_description(request.description());
  check_webhook_url(request.url(), parts_.settings);
  v1::plugin::NewWebhook webhook;
  webhook.set_webhook_id(random_uuid());
  webhook.set_name(request.name());
  webhook.set_description(request.description());
  webhook.set_url(request.url());
  *webhook.mutable_events() = canonical_events(request.events());
  webhook.set_status(request.status() == v1::Webhook::DISABLED ? v1::Webhook::DISABLED : v1::Webhook::ACTIVE);
  webhook.set_sealed_secret(parts_.secrets.seal(Secret(std::string_view(request.secret()))));
  webhook.set_creation_time(unix_millis());
  v1::CreateWebhookResponse response;
  *response.mutable_webhook() = parts_.store.create_webhook(context, webhook).webhook();
  parts_.subscribers.forget();
  return response;
}

v1::ListWebhooksResponse RegistryWebhookService::list_webhooks(const CallContext& context,
                                                               const v1::ListWebhooksRequest& request) {
  v1::plugin::WebhookQuery query;
  query.mutable_page()->set_limit(request.max_results() == 0 ? kDefaultPage : request.max_results());
  tracking::check_page_limit(query.page().limit(), kLargestPage);
  query.mutable_page()->set_cursor(tracking::cursor_from(request.page_token()));
  v1::plugin::WebhookPage page = parts_.store.list_webhooks(context, query);
  v1::ListWebhooksResponse response;
  for (auto& stored : *page.mutable_webhooks())
    *response.add_webhooks() = std::move(*stored.mutable_webhook());
  if (!page.next_cursor().empty()) response.set_next_page_token(tracking::page_token(page.next_cursor()));
  return response;
}

v1::plugin::StoredWebhook RegistryWebhookService::stored(const CallContext& context, const std::string& id) {
  v1::plugin::WebhookLookup lookup;
  lookup.set_webhook_id(id);
  return parts_.store.get_webhook(context, lookup);
}

v1::GetWebhookResponse RegistryWebhookService::get_webhook(const CallContext& context,
                                                           const v1::GetWebhookRequest& request) {
  v1::GetWebhookResponse response;
  *response.mutable_webhook() = stored(context, request.webhook_id()).webhook();
  return response;
}

v1::UpdateWebhookResponse RegistryWebhookService::update_webhook(const CallContext& context,
                                                                 const v1::UpdateWebhookRequest& request) {
  v1::plugin::WebhookChanges changes;
  changes.set_webhook_id(request.webhook_id());
  if (!request.name().empty()) {
    check_webhook_name(request.name());
    changes.set_name(request.name());
  }
  if (request.has_description()) {
    check_webhook_description(request.description());
    changes.set_description(request.description());
  }
  if (!request.url().empty()) {
    check_webhook_url(request.url(), parts_.settings);
    changes.set_url(request.url());
  }
  *changes.mutable_events() = canonical_events(request.events());
  if (request.has_secret())
    changes.set_sealed_secret(parts_.secrets.seal(Secret(std::string_view(request.secret()))));
  if (request.status() != v1::Webhook::STATUS_UNSPECIFIED) changes.set_status(request.status());
  changes.set_update_time(unix_millis());
  v1::UpdateWebhookResponse response;
  *response.mutable_webhook() = parts_.store.update_webhook(context, changes).webhook();
  parts_.subscribers.forget();
  if (response.webhook().status() == v1::Webhook::DISABLED) parts_.deliverer.cancel(request.webhook_id());
  return response;
}

v1::DeleteWebhookResponse RegistryWebhookService::delete_webhook(const CallContext& context,
                                                                 const v1::DeleteWebhookRequest& request) {
  v1::plugin::WebhookDeletion deletion;
  deletion.set_webhook_id(request.webhook_id());
  deletion.set_update_time(unix_millis());
  parts_.store.delete_webhook(context, deletion);
  parts_.subscribers.forget();
  parts_.deliverer.cancel(request.webhook_id());
  return {};
}

v1::TestWebhookResponse RegistryWebhookService::test_webhook(const CallContext& context,
                                                             const v1::TestWebhookRequest& request) {
  if (request.has_event()) check_webhook_event(request.event());
  const v1::plugin::StoredWebhook webhook = stored(context, request.webhook_id());
  if (!request.has_event() && webhook.webhook().events().empty())
    throw_invalid_parameter("The webhook is told of no event that this server knows; name one.");
  const v1::WebhookEvent event = request.has_event() ? request.event() : webhook.webhook().events(0);
  const TestSlot slot(tests_);
  const auto payload = std::make_shared<const std::string>(payload_of(event, example_data(event)));
  v1::TestWebhookResponse response;
  *response.mutable_result() =
      result_of(attempt(new_delivery(webhook, event, payload), parts_.secrets, parts_.post));
  return response;
}

}  // namespace millrace::registry

#pragma once

#include <atomic>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/webhooks.gen.h"
#include "registry/webhooks/deliverer.h"
#include "registry/webhooks/subscribers.h"

namespace millrace::registry {

/// The rules of webhooks on top of any store that keeps them. Secrets are sealed before the store sees them
/// and never answered. Any thread; all that it is given must outlive it.
class RegistryWebhookService : public WebhookService {
 public:
  struct Parts {
    RegistryStore& store;
    const WebhookSettings& settings;
    const SecretBox& secrets;
    HttpPost& post;
    Subscribers& subscribers;
    Deliverer& deliverer;
  };

  explicit RegistryWebhookService(const Parts& parts) : parts_(parts) {}

  v1::CreateWebhookResponse create_webhook(const CallContext&, const v1::CreateWebhookRequest&) override;
  v1::ListWebhooksResponse list_webhooks(const CallContext&, const v1::ListWebhooksRequest&) override;
  v1::GetWebhookResponse get_webhook(const CallContext&, const v1::GetWebhookRequest&) override;
  v1::UpdateWebhookResponse update_webhook(const CallContext&, const v1::UpdateWebhookRequest&) override;
  v1::DeleteWebhookResponse delete_webhook(const CallContext&, const v1::DeleteWebhookRequest&) override;
  /// Waits for the receiver, as long as the settings allow a request. Throws TEMPORARILY_UNAVAILABLE when
  /// four tests are waiting already, since each takes a thread.
  v1::TestWebhookResponse test_webhook(const CallContext&, const v1::TestWebhookRequest&) override;

 private:
  v1::plugin::StoredWebhook stored(const CallContext& context, const std::string& id);

  Parts parts_;
  std::atomic<int> tests_{0};
};

}  // namespace millrace::registry

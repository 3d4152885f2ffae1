#pragma once

#include "registry/webhooks/announcer.h"
#include "registry/webhooks/webhook_service.h"

namespace millrace::registry {

/// Webhooks as a whole: who may change them, who is told of what, and how it gets there. The registry's
/// services tell listener() what was done.
class Webhooks {
 public:
  /// `store` and `log` outlive it. Throws INVALID_PARAMETER_VALUE for settings that cannot be.
  Webhooks(RegistryStore& store, WebhookSettings settings, Log& log);

  WebhookService& service() { return service_; }
  RegistryListener& listener() { return announcer_; }

  /// After the last request: lets what is waiting be delivered for `patience`, then drops it.
  void stop(std::chrono::milliseconds patience);

  struct Statistics {
    DeliveryStatistics deliveries;
    Announcer::Statistics events;
  };
  Statistics statistics() const { return {deliverer_.statistics(), announcer_.statistics()}; }

 private:
  const WebhookSettings settings_;
  SecretBox secrets_;
  HttpPost post_;
  Subscribers subscribers_;
  Deliverer deliverer_;
  Announcer announcer_;
  RegistryWebhookService service_;
};

}  // namespace millrace::registry

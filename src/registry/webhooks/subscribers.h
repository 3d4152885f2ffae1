#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "millrace/v1/plugin/registry_store.gen.h"

namespace millrace::registry {

/// Which active webhooks are told of an event, remembered for a while, so that a registry in use does not ask
/// its store at each change. Any thread.
class Subscribers {
 public:
  using Clock = std::chrono::steady_clock;
  using Webhooks = std::vector<v1::plugin::StoredWebhook>;

  /// `store` outlives it.
  Subscribers(RegistryStore& store, std::chrono::seconds kept) : store_(store), kept_(kept) {}

  /// None where the store keeps no webhooks. Throws what else the store throws.
  std::shared_ptr<const Webhooks> of(const v1::WebhookEvent& event);

  /// To be called after a webhook was changed through this server; what is being read meanwhile is not kept.
  void forget();

 private:
  struct Entry {
    std::shared_ptr<const Webhooks> webhooks;
    Clock::time_point until;
  };

  std::shared_ptr<const Webhooks> read(const v1::WebhookEvent& event);

  RegistryStore& store_;
  const std::chrono::seconds kept_;
  std::mutex mutex_;
  uint64_t changes_ = 0;
  std::map<std::string, Entry> known_;  ///< by name of the event: as many as there are
};

}  // namespace millrace::registry

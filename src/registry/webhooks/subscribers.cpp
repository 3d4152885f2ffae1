#include "registry/webhooks/subscribers.h"

#include "base/error.h"
#include "registry/webhooks/event_names.h"

namespace millrace::registry {
namespace {

constexpr int64_t kPage = 100;
constexpr size_t kMost = 10'000;  // of one event: what a queue of deliveries holds
constexpr std::chrono::seconds kPatience{10};

}  // namespace

std::shared_ptr<const Subscribers::Webhooks> Subscribers::of(const v1::WebhookEvent& event) {
  const std::string name = event_name(event);
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(name);
    if (known != known_.end() && Clock::now() < known->second.until) return known->second.webhooks;
    changes = changes_;
  }
  auto webhooks = read(event);
  const std::lock_guard lock(mutex_);
  if (changes == changes_) known_[name] = {webhooks, Clock::now() + kept_};
  return webhooks;
}

void Subscribers::forget() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  known_.clear();
}

std::shared_ptr<const Subscribers::Webhooks> Subscribers::read(const v1::WebhookEvent& event) {
  CallContext context;
  context.deadline = CallContext::Clock::now() + kPatience;
  v1::plugin::WebhookQuery query;
  *query.mutable_event() = event;
  query.mutable_page()->set_limit(kPage);
  const auto found = std::make_shared<Webhooks>();
  try {
    do {
      v1::plugin::WebhookPage page = store_.list_webhooks(context, query);
      for (auto& stored : *page.mutable_webhooks()) {
        if (stored.webhook().status() == v1::Webhook::ACTIVE) found->push_back(std::move(stored));
      }
      query.mutable_page()->set_cursor(page.next_cursor());
    } while (!query.page().cursor().empty() && found->size() < kMost);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotImplemented) throw;
  }
  return found;
}

}  // namespace millrace::registry

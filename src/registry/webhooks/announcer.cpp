#include "registry/webhooks/announcer.h"

#include <algorithm>

#include "base/error.h"
#include "registry/rules/prompts.h"
#include "registry/webhooks/event_names.h"

namespace millrace::registry {
namespace {

constexpr size_t kMostWaiting = 10'000;
constexpr size_t kMostWaitingBytes = size_t{64} << 20;
constexpr size_t kMostLogged = 100;  // thousands of lines would keep the process from ending
constexpr std::chrono::seconds kPatience{10};

std::string name_of(const RegistryEvent& event) {
  return event_name(event.of_model ? *event.of_model : *event.of_prompt);
}

}  // namespace

Announcer::Announcer(RegistryStore& store, Subscribers& subscribers, Deliverer& deliverer, Log& log)
    : store_(store), subscribers_(subscribers), deliverer_(deliverer), log_(log), thread_([this] {
        work();
      }) {}

Announcer::~Announcer() {
  stop(Deliverer::Clock::now());
}

void Announcer::happened(RegistryEvent event) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    const bool full =
        events_.size() >= kMostWaiting || bytes_ + event.data.size() > kMostWaitingBytes || stopping_;
    if (full) {
      ++dropped_;
      if (!full_)
        log_.write(LogLevel::kWarning, "webhooks are not told of an event: too many are waiting",
                   {{"event", name_of(event)}});
    } else {
      bytes_ += event.data.size();
      events_.push_back(std::move(event));
      wake_.notify_one();
    }
    full_ = full;
  } catch (const std::exception& error) {
    log_.error(std::string("webhooks are not told of an event: ") + error.what());
  }
}

void Announcer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !events_.empty(); });
    if (events_.empty() || Deliverer::Clock::now() >= deadline_) return;
    const RegistryEvent event = std::move(events_.front());
    events_.pop_front();
    bytes_ -= event.data.size();
    lock.unlock();
    announce(event);
    lock.lock();
  }
}

void Announcer::announce(const RegistryEvent& event) {
  try {
    if (!is_anyone_told(event)) return;
    const auto& what = is_prompt(event) ? event.of_prompt : event.of_model;
    if (what) tell_of(*what, event);
  } catch (const std::exception& error) {
    log_.write(LogLevel::kWarning, std::string("webhooks are not told of an event: ") + error.what(),
               {{"event", name_of(event)}});
    const std::lock_guard lock(mutex_);
    ++dropped_;
  }
}

void Announcer::tell_of(const v1::WebhookEvent& what, const RegistryEvent& event) {
  const auto webhooks = subscribers_.of(what);
  if (webhooks->empty()) return;
  const auto payload = std::make_shared<const std::string>(payload_of(what, event.data));
  for (const v1::plugin::StoredWebhook& webhook : *webhooks)
    deliverer_.add(new_delivery(webhook, what, payload));
}

// Most registries have no webhooks: nothing need be asked about their models then.
bool Announcer::is_anyone_told(const RegistryEvent& event) {
  return (event.of_model && !subscribers_.of(*event.of_model)->empty()) ||
         (event.of_prompt && !subscribers_.of(*event.of_prompt)->empty());
}

bool Announcer::is_prompt(const RegistryEvent& event) {
  if (event.owner != RegistryEvent::Owner::kUnknown) return event.owner == RegistryEvent::Owner::kPrompt;
  CallContext context;
  context.deadline = CallContext::Clock::now() + kPatience;
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(event.name);
  return says_prompt(store_.get_registered_model(context, lookup).tags());
}

void Announcer::stop(Deliverer::Clock::time_point deadline) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    deadline_ = deadline;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < std::min(events_.size(), kMostLogged); ++i) {
    log_.write(LogLevel::kWarning, "webhooks are not told of an event: the server stops",
               {{"event", name_of(events_[i])}});
  }
  dropped_ += events_.size();
  events_.clear();
  bytes_ = 0;
}

Announcer::Statistics Announcer::statistics() const {
  const std::lock_guard lock(mutex_);
  return {dropped_, static_cast<int64_t>(events_.size())};
}

}  // namespace millrace::registry

#include "server/changes.h"

#include <algorithm>
#include <atomic>
#include <functional>

#include "access/policy.h"
#include "base/error.h"

namespace millrace::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostSubscribers = 512;

// What is fetched changes nothing, also where only those may fetch it who may change it.
bool may_change(const wire::Operation& operation) {
  const auto& bindings = operation.bindings;
  const bool is_fetched = std::all_of(bindings.begin(), bindings.end(),
                                      [](const wire::Binding& binding) { return binding.method == "GET"; });
  return operation.access.action != v1::ACTION_READ && !is_fetched;
}

}  // namespace

class ChangeFeed::Subscribers {
 public:
  void add(Subscription& subscription) {
    const std::lock_guard lock(mutex_);
    if (set_.size() >= kMostSubscribers) {
      throw Error(ErrorCode::kResourceExhausted, "As many pages watch for changes as may; try again later.");
    }
    set_.insert(&subscription);
    count_ = set_.size();
  }
  void remove(Subscription& subscription) {
    const std::lock_guard lock(mutex_);
    set_.erase(&subscription);
    count_ = set_.size();
  }
  size_t count() const { return count_.load(std::memory_order_relaxed); }

  void tell(const ChangeSet& changes);
  void touch() { touched_.store(Clock::now(), std::memory_order_relaxed); }
  std::chrono::milliseconds untouched() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() -
                                                                 touched_.load(std::memory_order_relaxed));
  }

 private:
  std::mutex mutex_;
  std::unordered_set<Subscription*> set_;
  std::atomic<size_t> count_{0};
  std::atomic<Clock::time_point> touched_{Clock::now()};
};

class ChangeFeed::Subscription : public LiveSource {
 public:
  Subscription(std::shared_ptr<Subscribers> subscribers, std::chrono::milliseconds longest)
      : subscribers_(std::move(subscribers)), end_(Clock::now() + longest) {
    subscribers_->add(*this);
  }
  ~Subscription() override { subscribers_->remove(*this); }

  std::string take() noexcept override {
    const std::lock_guard lock(mutex_);
    if (greeting_) return greet();
    if (changes_.empty()) return {};
    std::string event = "event: change\ndata: " + changes_.json() + "\n\n";
    changes_ = {};
    return event;
  }

  void when_ready(std::function<void()> ready) override {
    {
      const std::lock_guard lock(mutex_);
      if (!greeting_ && changes_.empty()) {
        ready_ = std::move(ready);
        return;
      }
    }
    ready();
  }

  std::optional<uint64_t> remaining() const override {
    return Clock::now() < end_ ? std::nullopt : std::optional<uint64_t>(0);
  }

  std::string_view filler() const override { return ": nothing new\n\n"; }

  void add(const ChangeSet& changes) {
    std::function<void()> ready;
    {
      const std::lock_guard lock(mutex_);
      changes_.add(changes);
      ready.swap(ready_);
    }
    if (ready) ready();
  }

 private:
  // The client learns that it is heard, how soon to come back when it is not, and how long ago something was
  // changed: it may have read before that.
  std::string greet() {
    greeting_ = false;
    return "retry: 2000\nevent: ready\ndata: {\"untouched_ms\":" +
           std::to_string(subscribers_->untouched().count()) + "}\n\n";
  }

  const std::shared_ptr<Subscribers> subscribers_;
  const Clock::time_point end_;
  std::mutex mutex_;
  bool greeting_ = true;
  ChangeSet changes_;
  std::function<void()> ready_;
};

void ChangeFeed::Subscribers::tell(const ChangeSet& changes) {
  // Under the lock, so that no subscription ends while it is told.
  const std::lock_guard lock(mutex_);
  for (Subscription* subscription : set_) subscription->add(changes);
}

ChangeFeed::ChangeFeed(std::chrono::milliseconds longest)
    : longest_(longest), subscribers_(std::make_shared<Subscribers>()) {}
ChangeFeed::~ChangeFeed() = default;

std::unique_ptr<ByteSource> ChangeFeed::watch_changes(const CallContext&, const v1::WatchChangesRequest&) {
  return std::make_unique<Subscription>(subscribers_, longest_);
}

void ChangeFeed::relay_to(std::function<void(const ChangeSet&)> others) {
  others_ = std::move(others);
}

void ChangeFeed::note(const wire::Operation& operation, const google::protobuf::Message& request) noexcept {
  if (!may_change(operation)) return;
  subscribers_->touch();
  if (subscribers_->count() == 0 && !others_) return;
  try {
    ChangeSet changes;
    changes.add(operation.access.resource, access::resource_ids(request, operation.access));
    if (others_) others_(changes);
    subscribers_->tell(changes);
  } catch (const std::exception&) {
    // Out of memory: the call itself has succeeded, which counts more than telling of it.
  }
}

void ChangeFeed::tell(const ChangeSet& changes) {
  subscribers_->touch();
  subscribers_->tell(changes);
}

int64_t ChangeFeed::subscribers() const {
  return static_cast<int64_t>(subscribers_->count());
}

}  // namespace millrace::server

#include "server/changes.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>

#include "access/policy.h"
#include "base/error.h"
#include "wire/json_writer.h"

namespace millrace::server {
namespace {

constexpr size_t kMostSubscribers = 512;
// Ids that one event may tell; a client that is told more reads everything anew anyway.
constexpr size_t kMostIds = 500;

// What was touched since the last event.
class Changes {
 public:
  bool empty() const { return !all_ && experiments_.empty() && runs_.empty() && models_.empty(); }

  void add(v1::ResourceKind kind, const std::vector<std::string>& ids) {
    std::set<std::string>* set = set_of(kind);
    if (set == nullptr || ids.empty() || (ids.size() == 1 && ids[0].empty())) {
      all_ = true;
      return;
    }
    set->insert(ids.begin(), ids.end());
    if (experiments_.size() + runs_.size() + models_.size() > kMostIds) forget_ids();
  }

  std::string event() const {
    std::string text = "event: change\ndata: {\"experiments\":" + list(experiments_) +
                       ",\"runs\":" + list(runs_) + ",\"models\":" + list(models_) + ",\"all\":";
    return text + (all_ ? "true}\n\n" : "false}\n\n");
  }

 private:
  std::set<std::string>* set_of(v1::ResourceKind kind) {
    switch (kind) {
      case v1::RESOURCE_KIND_EXPERIMENT:
        return &experiments_;
      case v1::RESOURCE_KIND_RUN:
        return &runs_;
      case v1::RESOURCE_KIND_LOGGED_MODEL:
        return &models_;
      default:
        return nullptr;
    }
  }

  void forget_ids() {
    experiments_.clear();
    runs_.clear();
    models_.clear();
    all_ = true;
  }

  static std::string list(const std::set<std::string>& ids) {
    std::string text = "[";
    for (const std::string& id : ids) {
      if (text.size() > 1) text += ',';
      wire::append_json_string(id, text);
    }
    return text + "]";
  }

  std::set<std::string> experiments_;
  std::set<std::string> runs_;
  std::set<std::string> models_;
  bool all_ = false;
};

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

  void tell(v1::ResourceKind kind, const std::vector<std::string>& ids);

 private:
  std::mutex mutex_;
  std::unordered_set<Subscription*> set_;
  std::atomic<size_t> count_{0};
};

class ChangeFeed::Subscription : public LiveSource {
 public:
  Subscription(std::shared_ptr<Subscribers> subscribers, std::chrono::milliseconds longest)
      : subscribers_(std::move(subscribers)), end_(std::chrono::steady_clock::now() + longest) {
    subscribers_->add(*this);
  }
  ~Subscription() override { subscribers_->remove(*this); }

  std::string take() noexcept override {
    const std::lock_guard lock(mutex_);
    if (greeting_) return greet();
    if (changes_.empty()) return {};
    std::string event = changes_.event();
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
    return std::chrono::steady_clock::now() < end_ ? std::nullopt : std::optional<uint64_t>(0);
  }

  std::string_view filler() const override { return ": nothing new\n\n"; }

  void add(v1::ResourceKind kind, const std::vector<std::string>& ids) {
    std::function<void()> ready;
    {
      const std::lock_guard lock(mutex_);
      changes_.add(kind, ids);
      ready.swap(ready_);
    }
    if (ready) ready();
  }

 private:
  // The client learns that it is heard, and how soon to come back when it is not.
  std::string greet() {
    greeting_ = false;
    return "retry: 2000\nevent: ready\ndata: {}\n\n";
  }

  const std::shared_ptr<Subscribers> subscribers_;
  const std::chrono::steady_clock::time_point end_;
  std::mutex mutex_;
  bool greeting_ = true;
  Changes changes_;
  std::function<void()> ready_;
};

void ChangeFeed::Subscribers::tell(v1::ResourceKind kind, const std::vector<std::string>& ids) {
  // Under the lock, so that no subscription ends while it is told.
  const std::lock_guard lock(mutex_);
  for (Subscription* subscription : set_) subscription->add(kind, ids);
}

ChangeFeed::ChangeFeed(std::chrono::milliseconds longest)
    : longest_(longest), subscribers_(std::make_shared<Subscribers>()) {}
ChangeFeed::~ChangeFeed() = default;

std::unique_ptr<ByteSource> ChangeFeed::watch_changes(const CallContext&, const v1::WatchChangesRequest&) {
  return std::make_unique<Subscription>(subscribers_, longest_);
}

void ChangeFeed::note(const wire::Operation& operation, const google::protobuf::Message& request) noexcept {
  if (subscribers_->count() == 0 || !may_change(operation)) return;
  try {
    subscribers_->tell(operation.access.resource, access::resource_ids(request, operation.access));
  } catch (const std::exception&) {
    // Out of memory: the call itself has succeeded, which counts more than telling of it.
  }
}

int64_t ChangeFeed::subscribers() const {
  return static_cast<int64_t>(subscribers_->count());
}

}  // namespace millrace::server

#include "registry/webhooks/deliverer.h"

#include <algorithm>

#include "registry/webhooks/event_names.h"

namespace millrace::registry {
namespace {

using std::chrono::seconds;

constexpr size_t kMostWaiting = 10'000;
constexpr size_t kMostWaitingBytes = size_t{64} << 20;
constexpr uint64_t kMostDropsLogged = 100;
constexpr seconds kLongestPause{60};

std::string why(const PostAnswer& answer) {
  return answer.status == 0 ? answer.fault : "the receiver answered " + std::to_string(answer.status);
}

}  // namespace

Deliverer::Deliverer(const WebhookSettings& settings, const SecretBox& secrets, HttpPost& post, Log& log)
    : settings_(settings), secrets_(secrets), post_(post), log_(log) {}

Deliverer::~Deliverer() {
  stop(Clock::now());
}

void Deliverer::add(Delivery delivery) {
  const std::lock_guard lock(mutex_);
  const bool full =
      waiting_.size() >= kMostWaiting || waiting_bytes_ + delivery.payload->size() > kMostWaitingBytes;
  if (stopping_ || full) {
    // One line for a queue that stays full: it must not fill the log as well.
    if (stopping_ || !full_) {
      note_drop(delivery, stopping_ ? "the server stops" : "too many deliveries are waiting");
    } else {
      ++counts_.dropped;
    }
    full_ = full;
    return;
  }
  full_ = false;
  cancelled_.erase(delivery.webhook.webhook().webhook_id());  // it was enabled again
  waiting_bytes_ += delivery.payload->size();
  waiting_.emplace(Clock::now(), std::move(delivery));
  start_thread_if_needed();
  wake_.notify_one();
}

// With the lock. Those that wait for a retry to become due are idle too.
void Deliverer::start_thread_if_needed() {
  if (static_cast<size_t>(idle_) >= waiting_.size() ||
      threads_.size() >= static_cast<size_t>(settings_.max_workers))
    return;
  threads_.emplace_back([this] { work(); });
}

void Deliverer::work() {
  std::unique_lock lock(mutex_);
  while (!(stopping_ && waiting_.empty())) {
    if (!waiting_.empty() && waiting_.begin()->first <= Clock::now()) {
      attempt_first(lock);
      continue;
    }
    ++idle_;
    if (waiting_.empty()) {
      wake_.wait(lock);
    } else {
      const auto due = waiting_.begin()->first;
      wake_.wait_until(lock, due);
    }
    --idle_;
  }
}

void Deliverer::attempt_first(std::unique_lock<std::mutex>& lock) {
  Delivery delivery = std::move(waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
  waiting_bytes_ -= delivery.payload->size();
  ++under_way_;
  lock.unlock();
  ++delivery.attempts;
  const PostAnswer answer = attempt(delivery, secrets_, post_);
  lock.lock();
  --under_way_;
  settle(std::move(delivery), answer);
  if (under_way_ == 0) cancelled_.clear();
  if (is_settled()) settled_.notify_all();
}

// With the lock.
void Deliverer::settle(Delivery delivery, const PostAnswer& answer) {
  if (is_delivered(answer)) {
    ++counts_.delivered;
  } else if (answer.aborted) {
    note_drop(delivery, "the server stops and the receiver has not answered");
  } else if (is_worth_retrying(answer) && delivery.attempts <= settings_.max_retries) {
    retry(std::move(delivery), answer);
  } else {
    ++counts_.failed;
    log_.write(LogLevel::kWarning, "a webhook was not told of an event: " + why(answer),
               {{"webhook", delivery.webhook.webhook().webhook_id()},
                {"event", event_name(delivery.event)},
                {"attempts", std::to_string(delivery.attempts), true}});
  }
}

void Deliverer::retry(Delivery delivery, const PostAnswer& answer) {
  if (cancelled_.contains(delivery.webhook.webhook().webhook_id())) return;
  const auto due = Clock::now() + pause_after(delivery, answer);
  if (due > deadline_) return note_drop(delivery, "the server stops before the next attempt");
  ++counts_.retries;
  waiting_bytes_ += delivery.payload->size();
  waiting_.emplace(due, std::move(delivery));
  wake_.notify_one();  // who waits for a later one
}

Deliverer::Clock::duration Deliverer::pause_after(const Delivery& delivery, const PostAnswer& answer) {
  const int doublings = std::min(delivery.attempts - 1, 6);
  const seconds grown{int64_t{1} << doublings};
  const seconds asked{std::min<int64_t>(answer.retry_after_seconds, kLongestPause.count())};
  const std::chrono::milliseconds chance{std::uniform_int_distribution<int>(0, 999)(chance_)};
  return std::min(std::max(grown, asked), kLongestPause) + chance;
}

// With the lock. At a stop, thousands of lines would keep the process from ending.
void Deliverer::note_drop(const Delivery& delivery, const char* reason) {
  ++counts_.dropped;
  if (stopping_ && ++drops_logged_ > kMostDropsLogged) return;
  log_.write(LogLevel::kWarning, std::string("a delivery was dropped: ") + reason,
             {{"webhook", delivery.webhook.webhook().webhook_id()}, {"event", event_name(delivery.event)}});
}

Deliverer::Waiting::iterator Deliverer::drop(Waiting::iterator place, const char* reason) {
  note_drop(place->second, reason);
  return take_out(place);
}

Deliverer::Waiting::iterator Deliverer::take_out(Waiting::iterator place) {
  waiting_bytes_ -= place->second.payload->size();
  return waiting_.erase(place);
}

void Deliverer::cancel(const std::string& webhook_id) {
  const std::lock_guard lock(mutex_);
  if (under_way_ > 0) cancelled_.insert(webhook_id);
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    const bool is_meant = place->second.webhook.webhook().webhook_id() == webhook_id;
    place = is_meant ? take_out(place) : std::next(place);
  }
}

void Deliverer::stop(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (stopping_) return;
  stopping_ = true;
  deadline_ = deadline;
  for (auto late = waiting_.upper_bound(deadline); late != waiting_.end();)
    late = drop(late, "the server stops before the next attempt");
  wake_.notify_all();
  if (!settled_.wait_until(lock, deadline, [this] { return is_settled(); })) post_.abort();
  for (auto left = waiting_.begin(); left != waiting_.end();) left = drop(left, "the server stops");
  wake_.notify_all();
  lock.unlock();
  for (std::thread& thread : threads_) thread.join();
  if (drops_logged_ > kMostDropsLogged) {
    log_.warning(std::to_string(drops_logged_ - kMostDropsLogged) + " more deliveries were dropped");
  }
}

DeliveryStatistics Deliverer::statistics() const {
  const std::lock_guard lock(mutex_);
  DeliveryStatistics now = counts_;
  now.waiting = static_cast<int64_t>(waiting_.size());
  now.under_way = under_way_;
  return now;
}

}  // namespace millrace::registry

#include "plugin/host/call_statistics.h"

#include <type_traits>

#include "base/error.h"

namespace millrace::plugin {
namespace {

class CountedChannel : public Channel {
 public:
  CountedChannel(std::shared_ptr<Channel> channel, std::shared_ptr<CallStatistics> statistics)
      : channel_(std::move(channel)), statistics_(std::move(statistics)) {
    statistics_->opened();
  }
  ~CountedChannel() override { statistics_->closed(); }

  const std::string& label() const override { return channel_->label(); }
  bool has_capability(std::string_view capability) const override {
    return channel_->has_capability(capability);
  }
  std::string call(const CallContext& context, const Method& method, std::string_view request) override {
    return count([&] { return channel_->call(context, method, request); });
  }
  std::unique_ptr<ByteSource> download(const CallContext& context, const Method& method,
                                       std::string_view request) override {
    return count([&] { return channel_->download(context, method, request); });
  }
  std::unique_ptr<ByteSink> upload(const CallContext& context, const Method& method,
                                   std::string_view first) override {
    return count([&] { return channel_->upload(context, method, first); });
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Ends the call on every way out.
  struct Timer {
    explicit Timer(CallStatistics& counted_by) : statistics(counted_by) { statistics.begin(); }
    ~Timer() { statistics.end(Clock::now() - begin); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    CallStatistics& statistics;
    const Clock::time_point begin = Clock::now();
  };

  template <typename Call>
  std::invoke_result_t<Call> count(Call call) {
    const Timer timer(*statistics_);
    try {
      return call();
    } catch (const Error& error) {
      if (http_status(error.code()) >= 500) statistics_->note_failure(error.what());
      throw;
    }
  }

  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<CallStatistics> statistics_;
};

}  // namespace

void CallStatistics::end(std::chrono::nanoseconds time) {
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  calls_.fetch_add(1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(time.count(), std::memory_order_relaxed);
  const double seconds = static_cast<double>(time.count()) / 1e9;
  for (size_t i = 0; i < kCallSeconds.size(); ++i) {
    if (seconds > kCallSeconds[i]) continue;
    by_time_[i].fetch_add(1, std::memory_order_relaxed);
    return;
  }
}

void CallStatistics::note_failure(const std::string& message) {
  failures_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  last_error_ = message.substr(0, 1000);
}

CallCounts CallStatistics::counts() const {
  CallCounts counts;
  counts.calls = calls_.load(std::memory_order_relaxed);
  counts.failures = failures_.load(std::memory_order_relaxed);
  counts.in_flight = in_flight_.load(std::memory_order_relaxed);
  counts.open_instances = open_instances_.load(std::memory_order_relaxed);
  counts.seconds = static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9;
  for (size_t i = 0; i < by_time_.size(); ++i)
    counts.by_time[i] = by_time_[i].load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  counts.last_error = last_error_;
  return counts;
}

std::shared_ptr<Channel> counted(std::shared_ptr<Channel> channel,
                                 std::shared_ptr<CallStatistics> statistics) {
  return std::make_shared<CountedChannel>(std::move(channel), std::move(statistics));
}

}  // namespace millrace::plugin

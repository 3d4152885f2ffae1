#pragma once

#include <chrono>
#include <memory>

#include "plugin/channel.h"

namespace millrace::conformance {

/// A channel whose streams end too: what hangs must not hang a test. Calls have the time-out of the manifest.
class TimedChannel : public plugin::Channel {
 public:
  TimedChannel(std::shared_ptr<plugin::Channel> channel, std::chrono::milliseconds stream_limit)
      : channel_(std::move(channel)), stream_limit_(stream_limit) {}

  const std::string& label() const override { return channel_->label(); }
  bool has_capability(std::string_view capability) const override {
    return channel_->has_capability(capability);
  }
  std::string call(const CallContext& context, const plugin::Method& method,
                   std::string_view request) override {
    return channel_->call(context, method, request);
  }
  std::unique_ptr<ByteSource> download(const CallContext& context, const plugin::Method& method,
                                       std::string_view request) override {
    return channel_->download(limited(context), method, request);
  }
  std::unique_ptr<ByteSink> upload(const CallContext& context, const plugin::Method& method,
                                   std::string_view first) override {
    return channel_->upload(limited(context), method, first);
  }

 private:
  CallContext limited(CallContext context) const {
    context.deadline = std::min(context.deadline, CallContext::Clock::now() + stream_limit_);
    return context;
  }

  const std::shared_ptr<plugin::Channel> channel_;
  const std::chrono::milliseconds stream_limit_;
};

}  // namespace millrace::conformance

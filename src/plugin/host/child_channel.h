#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugin/channel.h"
#include "plugin/host/child_plugin.h"

namespace millrace::plugin {

/// The way to an instance in a child process. The instance is opened again when the process was started anew.
class ChildChannel : public Channel {
 public:
  ChildChannel(std::shared_ptr<ChildPlugin> plugin, Opening opening);
  ~ChildChannel() override;

  /// Opens the instance; throws what the plugin answers.
  void connect() { current(); }

  const std::string& label() const override { return label_; }
  bool has_capability(std::string_view capability) const override;
  std::string call(const CallContext& context, const Method& method, std::string_view request) override;
  std::unique_ptr<ByteSource> download(const CallContext& context, const Method& method,
                                       std::string_view request) override;
  std::unique_ptr<ByteSink> upload(const CallContext& context, const Method& method,
                                   std::string_view first) override;

 private:
  // The process and the number that the instance has in it.
  struct Instance {
    std::shared_ptr<ChildSession> session;
    std::string id;
  };

  Instance current();
  ttrpc::CallOptions options_for(const CallContext& context, const std::string& instance) const;
  ttrpc::CallOptions stream_options_for(const CallContext& context, const std::string& instance) const;

  const std::shared_ptr<ChildPlugin> plugin_;
  const Opening opening_;
  const std::string label_;
  mutable std::mutex mutex_;
  Instance instance_;
  std::vector<std::string> capabilities_;
};

}  // namespace millrace::plugin

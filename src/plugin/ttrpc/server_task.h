#pragma once

#include <memory>
#include <optional>

#include "plugin/ttrpc/server_connection.h"
#include "plugin/ttrpc/service.h"
#include "plugin/ttrpc/status.h"

namespace millrace::ttrpc {

/// One call, from the frame that asked for it to its answer. Runs once, on any thread.
class ServerTask final : public ServerCall {
 public:
  /// A request as it came; what is wrong with it becomes the answer.
  ServerTask(std::shared_ptr<ServerConnection> connection, Frame&& request, const ConnectionOwner& owner);
  /// A frame that is no call: only tells the client so.
  ServerTask(std::shared_ptr<ServerConnection> connection, uint32_t id, Status refusal);

  void run() noexcept;
  /// Answers with `status` instead of running.
  void refuse(const Status& status) noexcept;

  /// Where data frames go; null unless the method streams.
  const std::shared_ptr<ServerStreamState>& stream() const { return stream_; }
  size_t bytes() const { return frame_.payload.size(); }

  using ServerCall::metadata;
  const Metadata& metadata() const override { return request_.envelope.metadata; }
  std::optional<Clock::time_point> deadline() const override;
  bool cancelled() const override;

 private:
  class Stream;

  void resolve(const ConnectionOwner& owner);
  void open_stream();
  void answer();
  void answer_call();
  void answer_stream();

  std::shared_ptr<ServerConnection> connection_;
  uint32_t id_;
  Frame frame_;
  DecodedRequest request_;  ///< Views into frame_.
  Clock::time_point deadline_ = kNoDeadline;
  bool counted_;  ///< Among the active calls of the connection.
  Status refusal_;
  Service* service_ = nullptr;
  std::shared_ptr<ServerStreamState> stream_;
};

}  // namespace millrace::ttrpc

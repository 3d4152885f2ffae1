#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "millrace/v1/changes.gen.h"
#include "server/change_set.h"
#include "wire/operation.h"

namespace millrace::server {

/// Tells subscribers which resources were changed. What changed is read off the access rule of the operation
/// that changed it, so no operation has to say so itself. Any thread; outlives its subscriptions.
///
/// Each subscriber holds the set of what it has not been told yet, of bounded size: one that reads slowly
/// gets fewer and larger events, and misses nothing.
class ChangeFeed : public ChangeService {
 public:
  /// A subscription ends after that time and its client comes back by itself, so that whoever has lost the
  /// right to listen does not listen on.
  explicit ChangeFeed(std::chrono::milliseconds longest = std::chrono::minutes(5));
  ~ChangeFeed() override;

  /// Throws RESOURCE_EXHAUSTED when there are as many subscribers as there may be.
  std::unique_ptr<ByteSource> watch_changes(const CallContext&, const v1::WatchChangesRequest&) override;

  /// What is noted from now on is handed to `others` too, on the thread that notes it. Called before any.
  void relay_to(std::function<void(const ChangeSet&)> others);

  /// Takes note of a call that succeeded; its effect is durable. Reads are not told. Costs a look at
  /// the clock while nobody listens and nothing is relayed.
  void note(const wire::Operation& operation, const google::protobuf::Message& request) noexcept;

  /// Tells subscribers of what was noted elsewhere.
  void tell(const ChangeSet& changes);

  int64_t subscribers() const;

 private:
  class Subscription;
  class Subscribers;
  const std::chrono::milliseconds longest_;
  std::shared_ptr<Subscribers> subscribers_;
  std::function<void(const ChangeSet&)> others_;
};

}  // namespace millrace::server

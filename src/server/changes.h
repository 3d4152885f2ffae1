#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "millrace/v1/changes.gen.h"
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

  /// Takes note of a call that succeeded; its effect is durable. Reads are not told. Costs one look at an
  /// atomic while nobody listens.
  void note(const wire::Operation& operation, const google::protobuf::Message& request) noexcept;

  int64_t subscribers() const;

 private:
  class Subscription;
  class Subscribers;
  const std::chrono::milliseconds longest_;
  std::shared_ptr<Subscribers> subscribers_;
};

}  // namespace millrace::server

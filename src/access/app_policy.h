#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "access/policy.h"
#include "access/resource_owners.h"
#include "base/log.h"
#include "millrace/v1/plugin/server_app.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::access {

/// Asks a server_app with the capability "authorize". Turns what a request names into what the contract
/// promises: ids as the store writes them, the experiments that they belong to, searches over everything as
/// questions about the server. Fails closed: without an answer nothing is allowed. Any thread; blocks for as
/// long as the app takes, `kPatience` at most. Answers are kept as long as the app says.
class AppPolicy : public Policy {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  /// `store` and `log` outlive the policy.
  AppPolicy(std::shared_ptr<ServerApp> app, TrackingStore& store, Log& log)
      : app_(std::move(app)), owners_(store), log_(log) {}

  /// Throws RESOURCE_DOES_NOT_EXIST for a run, logged model or experiment that is not there, beside what
  /// Policy says.
  void authorize(const CallContext& context, const Identity& who, const AccessRequest& request) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    v1::plugin::AccessAnswer answer;
    Clock::time_point until;
  };

  v1::plugin::AccessQuestion question(const CallContext& context, const Identity& who,
                                      const AccessRequest& request);
  void add_resources(const CallContext& context, const AccessRequest& request,
                     v1::plugin::AccessQuestion& question);
  v1::plugin::AccessAnswer answer(const CallContext& context, const v1::plugin::AccessQuestion& question);
  v1::plugin::AccessAnswer ask(const CallContext& context, const v1::plugin::AccessQuestion& question);

  const std::shared_ptr<ServerApp> app_;
  ResourceOwners owners_;
  Log& log_;
  LruCache<Kept> kept_{20'000};
};

}  // namespace millrace::access

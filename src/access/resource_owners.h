#pragma once

#include <string>

#include "access/lru_cache.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::access {

/// Tells which experiment a resource belongs to, as the tracking store says it. What was found is kept, since
/// a run or a logged model never moves to another experiment. Any thread; may block.
///
/// Each function throws RESOURCE_DOES_NOT_EXIST for what the store does not know, and what else it throws.
class ResourceOwners {
 public:
  explicit ResourceOwners(TrackingStore& store) : store_(store) {}

  struct Found {
    std::string id;          ///< as the store writes it: "7" for "007"
    std::string experiment;  ///< the experiment that it belongs to, or is
  };

  Found experiment(const CallContext& context, const std::string& id);
  Found experiment_by_name(const CallContext& context, const std::string& name);  ///< not kept: names change
  Found run(const CallContext& context, const std::string& id);
  Found logged_model(const CallContext& context, const std::string& id);

 private:
  template <typename Look>
  Found remembered(const std::string& key, Look look);

  TrackingStore& store_;
  LruCache<Found> known_{20'000};
};

}  // namespace millrace::access

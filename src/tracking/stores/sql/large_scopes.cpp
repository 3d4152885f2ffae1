#include "tracking/stores/sql/large_scopes.h"

namespace millrace::tracking {
namespace {

// Strangers choose the scopes, so their number has an end.
constexpr size_t kMostScopes = 1000;

std::string scope_of(const v1::plugin::RunQuery& query) {
  std::string scope = std::to_string(query.view_type());
  for (const std::string& id : query.experiment_ids()) scope += ',' + id;
  return scope;
}

}  // namespace

bool LargeScopes::contains(const v1::plugin::RunQuery& query, Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  const auto found = counted_.find(scope_of(query));
  return found != counted_.end() && now - found->second < kLifetime;
}

void LargeScopes::add(const v1::plugin::RunQuery& query, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (counted_.size() >= kMostScopes) counted_.clear();
  counted_[scope_of(query)] = now;
}

}  // namespace millrace::tracking

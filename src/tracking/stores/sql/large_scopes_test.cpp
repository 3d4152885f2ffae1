#include "tracking/stores/sql/large_scopes.h"

#include <doctest/doctest.h>

using namespace millrace;
using tracking::LargeScopes;

namespace {

v1::plugin::RunQuery query_of(const std::vector<std::string>& experiments, v1::ViewType view) {
  v1::plugin::RunQuery query;
  for (const std::string& id : experiments) query.add_experiment_ids(id);
  query.set_view_type(view);
  return query;
}

}  // namespace

TEST_CASE("a scope counts as large for a while after it was counted") {
  LargeScopes scopes;
  const auto now = LargeScopes::Clock::now();
  const auto query = query_of({"1"}, v1::ACTIVE_ONLY);
  CHECK_FALSE(scopes.contains(query, now));
  scopes.add(query, now);
  CHECK(scopes.contains(query, now + LargeScopes::kLifetime - std::chrono::milliseconds(1)));
  CHECK_FALSE(scopes.contains(query, now + LargeScopes::kLifetime));
}

TEST_CASE("scopes are told apart by their experiments and by the runs' stage of life") {
  LargeScopes scopes;
  scopes.add(query_of({"1", "2"}, v1::ACTIVE_ONLY));
  CHECK(scopes.contains(query_of({"1", "2"}, v1::ACTIVE_ONLY)));
  for (const auto& other : {query_of({"1"}, v1::ACTIVE_ONLY), query_of({"12"}, v1::ACTIVE_ONLY),
                            query_of({"1", "2"}, v1::DELETED_ONLY), query_of({}, v1::ACTIVE_ONLY)})
    CHECK_FALSE(scopes.contains(other));
}

TEST_CASE("however many scopes are asked for, few are kept") {
  LargeScopes scopes;
  for (int i = 0; i < 5000; ++i) scopes.add(query_of({std::to_string(i)}, v1::ALL));
  CHECK_FALSE(scopes.contains(query_of({"1"}, v1::ALL)));
  CHECK(scopes.contains(query_of({"4999"}, v1::ALL)));
}

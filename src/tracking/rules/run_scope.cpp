#include "tracking/rules/run_scope.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "query/query.h"

namespace millrace::tracking {
namespace {

constexpr std::string_view kAllExperiments = "ALL";

v1::OrderBy attribute_order(const char* name, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(name);
  order.set_descending(descending);
  return order;
}

}  // namespace

void set_order(v1::plugin::RunQuery& query, const TextList& order_by) {
  std::set<std::pair<int, std::string>> seen;
  for (const std::string& text : order_by) {
    v1::OrderBy order = query::parse_order_by(query::Entity::kRun, text);
    if (!seen.emplace(order.field().kind(), order.field().name()).second) {
      throw_invalid_parameter("`order_by` contains duplicate fields: '" + text + "'");
    }
    *query.add_order_by() = std::move(order);
  }
  if (!seen.contains({v1::FIELD_KIND_ATTRIBUTE, "start_time"}))
    *query.add_order_by() = attribute_order("start_time", true);
  *query.add_order_by() = attribute_order("run_id", false);
}

bool set_scope(TextList& scope, const TextList& experiment_ids) {
  if (experiment_ids.empty()) return false;
  const bool all =
      std::find(experiment_ids.begin(), experiment_ids.end(), kAllExperiments) != experiment_ids.end();
  if (all && experiment_ids.size() > 1) {
    throw_invalid_parameter(
        "'ALL' in experiment_ids stands for every experiment and must be the only entry.");
  }
  if (!all) scope = experiment_ids;
  return true;
}

}  // namespace millrace::tracking

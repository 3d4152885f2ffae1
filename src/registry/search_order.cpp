#include "registry/search_order.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::registry {

using Order = google::protobuf::RepeatedPtrField<v1::OrderBy>;

namespace {

bool speaks_of(const Order& order, std::string_view attribute) {
  return std::any_of(order.begin(), order.end(),
                     [&](const v1::OrderBy& term) { return term.field().name() == attribute; });
}

}  // namespace

Order total_order(query::Entity entity, const google::protobuf::RepeatedPtrField<std::string>& order_by,
                  std::initializer_list<TieBreaker> tie_breakers) {
  Order order;
  for (const std::string& text : order_by) {
    v1::OrderBy term = query::parse_order_by(entity, text);
    if (speaks_of(order, term.field().name()))
      throw_invalid_parameter("`order_by` contains duplicate fields: '" + term.field().name() + "'");
    *order.Add() = std::move(term);
  }
  for (const TieBreaker& last : tie_breakers) {
    if (speaks_of(order, last.attribute)) continue;
    v1::OrderBy& term = *order.Add();
    term.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
    term.mutable_field()->set_name(std::string(last.attribute));
    term.set_descending(last.descending);
  }
  return order;
}

}  // namespace millrace::registry

#pragma once

/// Searching for stores whose backend cannot: filters, orders and pages over what is in memory.
///
///     std::erase_if(runs, [&](const v1::Run& run) { return !search::matches(query.filter(),
///     search::fields_of(run)); }); search::sort(runs, query.order_by(), [](const v1::Run& run) { return
///     search::fields_of(run); }); const search::PageBounds page = search::page_of(runs.size(),
///     query.page());
///
/// Comparisons and orders mean what the contract says (query.proto): what lacks a name fails every comparison
/// with it but IS NULL; NaN is unequal to everything, and comes after all numbers and before what is missing.
/// Letters of ILIKE are those of ASCII. A store with a query language of its own translates the filter
/// instead.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "millrace/v1/experiments.pb.h"
#include "millrace/v1/plugin/tracking_store.pb.h"
#include "millrace/v1/query.pb.h"
#include "millrace/v1/runs.pb.h"

namespace millrace::search {

using Value = std::variant<double, int64_t, std::string>;

/// The values that an entity has under a name: none where it lacks the name, several only for data sets.
/// Throws INVALID_PARAMETER_VALUE for an attribute that the store does not keep.
using Field = std::function<std::vector<Value>(const v1::FieldRef& name)>;

/// Whether a search of this view shows what is in stage "active" or "deleted".
bool visible(const std::string& lifecycle_stage, v1::ViewType view);

/// Whether an entity with these fields is what the filter asks for.
bool matches(const v1::Filter& filter, const Field& field);

/// The fields of a run, its data and inputs included, and of an experiment, its tags included. The message
/// must outlive what is returned.
Field fields_of(const v1::Run& run);
Field fields_of(const v1::Experiment& experiment);

/// The order of `count` entities, as their numbers. `values` gives those of a field.
std::vector<size_t> order(
    size_t count, const google::protobuf::RepeatedPtrField<v1::OrderBy>& terms,
    const std::function<std::vector<Value>(size_t entity, const v1::FieldRef& name)>& values);

/// Sorts in place: values in the order of each term, then NaN, then what lacks the field. `fields` makes the
/// Field of an entity.
template <typename Entity, typename Fields>
void sort(std::vector<Entity>& entities, const google::protobuf::RepeatedPtrField<v1::OrderBy>& terms,
          Fields fields) {
  const auto places = order(entities.size(), terms, [&](size_t entity, const v1::FieldRef& name) {
    return fields(entities[entity])(name);
  });
  std::vector<Entity> sorted;
  sorted.reserve(entities.size());
  for (const size_t place : places) sorted.push_back(std::move(entities[place]));
  entities = std::move(sorted);
}

/// The part of an ordered sequence that a page asks for.
struct PageBounds {
  size_t begin = 0;
  size_t end = 0;
  std::string next_cursor;  ///< empty: this is the last page
};

/// Throws INVALID_PARAMETER_VALUE for a cursor that it did not give.
PageBounds page_of(size_t count, const v1::plugin::Page& page);

}  // namespace millrace::search

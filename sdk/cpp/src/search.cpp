#include "millrace/search.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>

#include "base/error.h"

namespace millrace::search {
namespace {

using Values = std::vector<Value>;
using Terms = google::protobuf::RepeatedPtrField<v1::OrderBy>;

constexpr const char* kContextTag = "mlflow.data.context";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string text) {
  for (char& c : text) c = lower(c);
  return text;
}

// Bytes of the UTF-8 character that a text begins with.
size_t character_size(std::string_view text) {
  size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

// '%' stands for any text, '_' for one character. Goes back to the last '%' only, so the time is bounded by
// the product of the lengths.
bool is_like(std::string_view text, std::string_view pattern) {
  std::string_view text_after_any = text;
  std::string_view pattern_after_any;
  bool has_any = false;
  while (!text.empty() || !pattern.empty()) {
    if (pattern.starts_with('%')) {
      pattern.remove_prefix(1);
      has_any = true;
      pattern_after_any = pattern;
      text_after_any = text;
    } else if (pattern.starts_with('_') && !text.empty()) {
      pattern.remove_prefix(1);
      text.remove_prefix(character_size(text));
    } else if (!pattern.empty() && !text.empty() && pattern.front() == text.front() &&
               pattern.front() != '_') {
      pattern.remove_prefix(1);
      text.remove_prefix(1);
    } else if (has_any && !text_after_any.empty()) {
      text_after_any.remove_prefix(character_size(text_after_any));
      text = text_after_any;
      pattern = pattern_after_any;
    } else {
      return false;
    }
  }
  return true;
}

Value wanted(const v1::Comparison& comparison) {
  switch (comparison.value_case()) {
    case v1::Comparison::kNumber:
      return comparison.number();
    case v1::Comparison::kInteger:
      return comparison.integer();
    default:
      return comparison.text();
  }
}

template <typename T>
bool related(v1::Comparator comparator, const T& a, const T& b) {
  switch (comparator) {
    case v1::COMPARATOR_EQUAL:
      return a == b;
    case v1::COMPARATOR_NOT_EQUAL:
      return a != b;
    case v1::COMPARATOR_LESS:
      return a < b;
    case v1::COMPARATOR_LESS_EQUAL:
      return a <= b;
    case v1::COMPARATOR_GREATER:
      return a > b;
    case v1::COMPARATOR_GREATER_EQUAL:
      return a >= b;
    default:
      throw_invalid_parameter("This store does not know the comparator of the filter.");
  }
}

double as_number(const Value& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer != nullptr ? static_cast<double>(*integer) : std::get<double>(value);
}

bool related(v1::Comparator comparator, const Value& a, const Value& b) {
  const bool texts = std::holds_alternative<std::string>(a);
  if (texts != std::holds_alternative<std::string>(b))
    throw_invalid_parameter("The filter compares a text with a number.");
  if (texts) return related(comparator, std::get<std::string>(a), std::get<std::string>(b));
  if (a.index() == b.index() && std::holds_alternative<int64_t>(a))
    return related(comparator, std::get<int64_t>(a), std::get<int64_t>(b));
  return related(comparator, as_number(a), as_number(b));
}

bool is_listed(const v1::Comparison& comparison, const std::string& text) {
  const auto& values = comparison.texts().values();
  return std::find(values.begin(), values.end(), text) != values.end();
}

bool passes(const v1::Comparison& comparison, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  switch (comparison.comparator()) {
    case v1::COMPARATOR_LIKE:
      return text != nullptr && is_like(*text, comparison.text());
    case v1::COMPARATOR_ILIKE:
      return text != nullptr && is_like(lower(*text), lower(comparison.text()));
    case v1::COMPARATOR_IN:
      return text != nullptr && is_listed(comparison, *text);
    case v1::COMPARATOR_NOT_IN:
      return text != nullptr && !is_listed(comparison, *text);
    default:
      return related(comparison.comparator(), value, wanted(comparison));
  }
}

bool compares(const v1::Comparison& comparison, const Values& values) {
  if (comparison.comparator() == v1::COMPARATOR_IS_NULL) return values.empty();
  if (comparison.comparator() == v1::COMPARATOR_IS_NOT_NULL) return !values.empty();
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& value) { return passes(comparison, value); });
}

// Tags, params and metrics: what has a key and a value.
template <typename Entries>
Values of_key(const Entries& entries, const std::string& key) {
  for (const auto& entry : entries) {
    if (entry.key() == key) return {entry.value()};
  }
  return {};
}

[[noreturn]] void throw_unknown(const std::string& name) {
  throw_invalid_parameter("This store keeps no attribute '" + name + "'.");
}

Values text_if(bool has, const std::string& text) {
  return has ? Values{text} : Values();
}

Values integer_if(bool has, int64_t integer) {
  return has ? Values{integer} : Values();
}

Values attribute(const v1::RunInfo& info, const std::string& name) {
  if (name == "run_id") return text_if(info.has_run_id(), info.run_id());
  if (name == "run_name") return text_if(info.has_run_name(), info.run_name());
  if (name == "experiment_id") return text_if(info.has_experiment_id(), info.experiment_id());
  if (name == "user_id") return text_if(info.has_user_id(), info.user_id());
  if (name == "status") return {v1::RunStatus_Name(info.status())};
  if (name == "start_time") return integer_if(info.has_start_time(), info.start_time());
  if (name == "end_time") return integer_if(info.has_end_time(), info.end_time());
  if (name == "artifact_uri") return text_if(info.has_artifact_uri(), info.artifact_uri());
  if (name == "lifecycle_stage") return text_if(info.has_lifecycle_stage(), info.lifecycle_stage());
  throw_unknown(name);
}

Values attribute(const v1::Experiment& found, const std::string& name) {
  if (name == "experiment_id") return text_if(found.has_experiment_id(), found.experiment_id());
  if (name == "name") return text_if(found.has_name(), found.name());
  if (name == "artifact_location") return text_if(found.has_artifact_location(), found.artifact_location());
  if (name == "lifecycle_stage") return text_if(found.has_lifecycle_stage(), found.lifecycle_stage());
  if (name == "creation_time") return integer_if(found.has_creation_time(), found.creation_time());
  if (name == "last_update_time") return integer_if(found.has_last_update_time(), found.last_update_time());
  throw_unknown(name);
}

Values of_data_sets(const v1::RunInputs& inputs, const std::string& name) {
  Values values;
  for (const v1::DatasetInput& input : inputs.dataset_inputs()) {
    Values own;
    if (name == "context") {
      own = of_key(input.tags(), kContextTag);
    } else if (name == "name" || name == "digest") {
      own = {name == "name" ? input.dataset().name() : input.dataset().digest()};
    } else {
      throw_unknown(name);
    }
    values.insert(values.end(), own.begin(), own.end());
  }
  return values;
}

// 0 for what has a value, 1 for NaN, 2 for what has none.
int rank(const Values& values) {
  if (values.empty()) return 2;
  const auto* number = std::get_if<double>(&values.front());
  return number != nullptr && std::isnan(*number) ? 1 : 0;
}

}  // namespace

bool visible(const std::string& lifecycle_stage, v1::ViewType view) {
  if (view == v1::DELETED_ONLY) return lifecycle_stage == "deleted";
  return view != v1::ACTIVE_ONLY || lifecycle_stage == "active";
}

bool matches(const v1::Filter& filter, const Field& field) {
  const auto part_matches = [&](const v1::Filter& part) { return matches(part, field); };
  switch (filter.node_case()) {
    case v1::Filter::kComparison:
      return compares(filter.comparison(), field(filter.comparison().field()));
    case v1::Filter::kAllOf:
      return std::all_of(filter.all_of().filters().begin(), filter.all_of().filters().end(), part_matches);
    case v1::Filter::kAnyOf:
      return std::any_of(filter.any_of().filters().begin(), filter.any_of().filters().end(), part_matches);
    default:
      return true;
  }
}

Field fields_of(const v1::Run& run) {
  return [&run](const v1::FieldRef& ref) -> Values {
    switch (ref.kind()) {
      case v1::FIELD_KIND_METRIC:
        return of_key(run.data().metrics(), ref.name());
      case v1::FIELD_KIND_PARAM:
        return of_key(run.data().params(), ref.name());
      case v1::FIELD_KIND_TAG:
        return of_key(run.data().tags(), ref.name());
      case v1::FIELD_KIND_DATASET:
        return of_data_sets(run.inputs(), ref.name());
      default:
        return attribute(run.info(), ref.name());
    }
  };
}

Field fields_of(const v1::Experiment& experiment) {
  return [&experiment](const v1::FieldRef& ref) -> Values {
    if (ref.kind() == v1::FIELD_KIND_TAG) return of_key(experiment.tags(), ref.name());
    return ref.kind() == v1::FIELD_KIND_ATTRIBUTE ? attribute(experiment, ref.name()) : Values();
  };
}

// From the last term to the first, each leaving the order of what it finds equal.
std::vector<size_t> order(size_t count, const Terms& terms,
                          const std::function<Values(size_t, const v1::FieldRef&)>& values) {
  std::vector<size_t> places(count);
  std::iota(places.begin(), places.end(), size_t{0});
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
    std::vector<Values> found(count);
    for (size_t entity = 0; entity < count; ++entity) found[entity] = values(entity, term->field());
    const bool descending = term->descending();
    std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) {
      const int rank_a = rank(found[a]);
      const int rank_b = rank(found[b]);
      if (rank_a != rank_b || rank_a != 0) return rank_a < rank_b;
      return descending ? found[b].front() < found[a].front() : found[a].front() < found[b].front();
    });
  }
  return places;
}

PageBounds page_of(size_t count, const v1::plugin::Page& page) {
  PageBounds bounds;
  const std::string& cursor = page.cursor();
  const auto [end, fault] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), bounds.begin);
  if (!cursor.empty() && (fault != std::errc() || end != cursor.data() + cursor.size()))
    throw_invalid_parameter("The page token was not given by this store.");
  bounds.begin = std::min(bounds.begin, count);
  const auto limit = static_cast<uint64_t>(std::max<int64_t>(page.limit(), 1));
  bounds.end = bounds.begin + static_cast<size_t>(std::min<uint64_t>(limit, count - bounds.begin));
  if (bounds.end < count) bounds.next_cursor = std::to_string(bounds.end);
  return bounds;
}

}  // namespace millrace::search

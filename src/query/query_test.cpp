#include "query/query.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace millrace;
using query::Entity;

namespace {

// The tree as text, so that tables of expectations stay readable.
std::string shown(const v1::Filter& filter) {
  const auto list = [](const v1::FilterList& filters, const char* word) {
    std::string text = std::string("(") + word;
    for (const auto& inner : filters.filters()) text += " " + shown(inner);
    return text + ")";
  };
  switch (filter.node_case()) {
    case v1::Filter::kAllOf:
      return list(filter.all_of(), "and");
    case v1::Filter::kAnyOf:
      return list(filter.any_of(), "or");
    case v1::Filter::kComparison:
      break;
    default:
      return "all";
  }
  const auto& comparison = filter.comparison();
  std::string value;
  switch (comparison.value_case()) {
    case v1::Comparison::kNumber:
      value = std::to_string(comparison.number());
      break;
    case v1::Comparison::kInteger:
      value = std::to_string(comparison.integer());
      break;
    case v1::Comparison::kText:
      value = "'" + comparison.text() + "'";
      break;
    case v1::Comparison::kTexts:
      for (const auto& text : comparison.texts().values()) value += "'" + text + "',";
      break;
    default:
      break;
  }
  static const char* kKinds[] = {"?", "attribute", "metric", "param", "tag", "dataset"};
  static const char* kComparators[] = {
      "?", "=", "!=", "<", "<=", ">", ">=", "like", "ilike", "in", "not-in", "null", "not-null"};
  return std::string("[") + kKinds[comparison.field().kind()] + "." + comparison.field().name() + " " +
         kComparators[comparison.comparator()] + (value.empty() ? "" : " ") + value + "]";
}

std::string parsed(std::string_view text, Entity entity = Entity::kRun) {
  return shown(query::parse_filter(entity, text));
}

std::string fault(std::string_view text, Entity entity = Entity::kRun) {
  try {
    query::parse_filter(entity, text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kInvalidParameterValue);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("comparisons of every kind are read") {
  CHECK(parsed("") == "all");
  CHECK(parsed("  \n") == "all");
  CHECK(parsed("metrics.loss < 0.5") == "[metric.loss < 0.500000]");
  CHECK(parsed("metric.loss>=-1e-3") == "[metric.loss >= -0.001000]");
  CHECK(parsed("params.lr = '0.1'") == "[param.lr = '0.1']");
  CHECK(parsed("parameters.lr != \"0.1\"") == "[param.lr != '0.1']");
  CHECK(parsed("tags.mlflow.source.name LIKE '%train%'") == "[tag.mlflow.source.name like '%train%']");
  CHECK(parsed("tag.x ilike 'A%'") == "[tag.x ilike 'A%']");
  CHECK(parsed("attributes.status = 'FINISHED'") == "[attribute.status = 'FINISHED']");
  CHECK(parsed("status != 'FAILED'") == "[attribute.status != 'FAILED']");
  CHECK(parsed("start_time > 1664067852747") == "[attribute.start_time > 1664067852747]");
  CHECK(parsed("attr.Created > 5") == "[attribute.start_time > 5]");
  CHECK(parsed("run_id IN ('a', 'b')") == "[attribute.run_id in 'a','b',]");
  CHECK(parsed("attributes.run_id NOT IN ('a',)") == "[attribute.run_id not-in 'a',]");
  CHECK(parsed("dataset.name = 'd' AND datasets.digest IN ('x')") ==
        "(and [dataset.name = 'd'] [dataset.digest in 'x',])");
  CHECK(parsed("params.x IS NULL") == "[param.x null]");
  CHECK(parsed("tags.x is not null") == "[tag.x not-null]");
}

TEST_CASE("keys with blanks and other characters are quoted") {
  CHECK(parsed("metrics.\"val loss\" > 1") == "[metric.val loss > 1.000000]");
  CHECK(parsed("metrics.`m/a-b` > 1") == "[metric.m/a-b > 1.000000]");
  CHECK(parsed("metrics.m-1 > 1") == "[metric.m-1 > 1.000000]");
  CHECK(parsed("attributes.\"Run name\" = 'x'") == "[attribute.run_name = 'x']");
  CHECK(parsed("attributes.`run name` = 'x'") == "[attribute.run_name = 'x']");
  CHECK(parsed("params.x = 'it''s'") == "[param.x = 'it's']");
  CHECK(parsed("params.x = \"it's\"") == "[param.x = 'it's']");
  CHECK(parsed("params.\xc3\xbc = '\xc3\xbc'") == "[param.\xc3\xbc = '\xc3\xbc']");
  CHECK(parsed("params.x = ''") == "[param.x = '']");
}

TEST_CASE("AND binds tighter than OR and parentheses group") {
  CHECK(parsed("params.a='1' AND params.b='2' AND params.c='3'") ==
        "(and [param.a = '1'] [param.b = '2'] [param.c = '3'])");
  CHECK(parsed("params.a='1' OR params.b='2' AND params.c='3'") ==
        "(or [param.a = '1'] (and [param.b = '2'] [param.c = '3']))");
  CHECK(parsed("(params.a='1' or params.b='2') and params.c='3'") ==
        "(and (or [param.a = '1'] [param.b = '2']) [param.c = '3'])");
  CHECK(parsed("((params.a='1'))") == "[param.a = '1']");
}

TEST_CASE("a filter that cannot be read is answered with its position and what was expected") {
  CHECK(fault("metrics.loss") ==
        "Invalid clause(s) in filter string: the end, expected a comparator: =, !=, <, <=, >, >=, LIKE, "
        "ILIKE, IN, NOT IN, IS NULL (at position 13)");
  CHECK(fault("metrics.loss > 'x'") ==
        "Expected numeric value type for metric. Found ''x'' (at position 16)");
  CHECK(fault("params.x = 5") ==
        "Expected a quoted string value for 'x' (e.g. 'my-value'). Got value '5' (at position 12)");
  CHECK(fault("foo.x = 'a'").starts_with("Invalid entity type 'foo'. Valid values are ['metric', "));
  CHECK(fault("attributes.foo = 'a'").starts_with("Invalid attribute key 'foo' specified. Valid keys are {"));
  CHECK(fault("dataset.foo = 'a'").starts_with("Invalid dataset key 'foo' specified."));
  CHECK(fault("params.x > '1'").starts_with("Invalid comparator '>' for 'x'"));
  CHECK(fault("metrics.x LIKE '1'").starts_with("Invalid comparator 'LIKE' for 'x'"));
  CHECK(fault("metrics.x IS NULL").find("only supported for tags and params") != std::string::npos);
  CHECK(fault("params.x = 'a") ==
        "Invalid clause(s) in filter string: the quote ' has no end (at position 12)");
  CHECK(fault("params.\xc3\xbc = ;").ends_with("(at position 12)"));
  CHECK(fault("params.x = 'a' params.y = 'b'").find("expected AND, OR or the end (at position 16)") !=
        std::string::npos);
  CHECK(fault("(params.x = 'a'").find("expected ')'") != std::string::npos);
  CHECK(fault("params.x IN ()").find("non-empty list") != std::string::npos);
  CHECK(fault("params.x IN ('a' 'b')").find("expected ',' or ')'") != std::string::npos);
  CHECK(fault("params.x NOT LIKE 'a'").find("expected IN") != std::string::npos);
  CHECK(fault("start_time > 1.5").find("not a whole number") != std::string::npos);
  CHECK(fault("metrics. > 1").find("lacks a key") != std::string::npos);
  CHECK(fault("metrics.x > 1.2.3").starts_with("Expected numeric value"));
}

TEST_CASE("length and nesting are limited") {
  CHECK(fault(std::string(70'000, ' ')).find("longer than") != std::string::npos);
  CHECK(fault(std::string(100, '(')).find("nested too deep") != std::string::npos);
  std::string many = "metrics.a > 1";
  for (int i = 1; i < 500; ++i) many += " OR metrics.a > 1";
  CHECK(fault(many) == "accepted");
  CHECK(fault(many + " OR metrics.a > 1").find("500 comparisons") != std::string::npos);
}

TEST_CASE("experiments and logged models have names of their own") {
  CHECK(parsed("name LIKE 'x%' AND tags.a = 'b'", Entity::kExperiment) ==
        "(and [attribute.name like 'x%'] [tag.a = 'b'])");
  CHECK(fault("metrics.x > 1", Entity::kExperiment).starts_with("Invalid entity type 'metrics'"));
  CHECK(parsed("creation_time >= 5", Entity::kExperiment) == "[attribute.creation_time >= 5]");
  CHECK(parsed("creation_time >= 5", Entity::kLoggedModel) == "[attribute.creation_timestamp_ms >= 5]");
  CHECK(parsed("name = 'm' AND metrics.acc > 0.9", Entity::kLoggedModel) ==
        "(and [attribute.name = 'm'] [metric.acc > 0.900000])");
}

TEST_CASE("ordering terms have a name and a direction") {
  const auto order = query::parse_order_by(Entity::kRun, "metrics.`val loss` desc");
  CHECK(order.field().kind() == v1::FIELD_KIND_METRIC);
  CHECK(order.field().name() == "val loss");
  CHECK(order.descending());
  CHECK_FALSE(query::parse_order_by(Entity::kRun, "start_time").descending());
  CHECK_FALSE(query::parse_order_by(Entity::kRun, "attribute.end_time ASC").descending());
  for (const char* bad :
       {"", "metrics.x UP", "metrics.x DESC DESC", "5", "dataset.name", "attributes.nothing"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(query::parse_order_by(Entity::kRun, bad), Error);
  }
}

TEST_CASE("registered models and model versions have attributes and tags of their own") {
  CHECK(parsed("name LIKE 'a%' AND tags.`mlflow.prompt.is_prompt` = 'true'", Entity::kRegisteredModel) ==
        "(and [attribute.name like 'a%'] [tag.mlflow.prompt.is_prompt = 'true'])");
  CHECK(parsed("run_id IN ('a', 'b') OR source_path = 's'", Entity::kModelVersion) ==
        "(or [attribute.run_id in 'a','b',] [attribute.source_path = 's'])");
  CHECK(parsed("version_number >= 2", Entity::kModelVersion) == "[attribute.version_number >= 2]");
  CHECK(parsed("version_number = '2'", Entity::kModelVersion) == "[attribute.version_number = 2]");
  CHECK(fault("version_number = 'two'", Entity::kModelVersion).find("Expected numeric value type") == 0);
  CHECK(fault("version_number = 1.5", Entity::kModelVersion).find("Invalid value for numeric attribute") ==
        0);
  CHECK(fault("run_id = 'x'", Entity::kRegisteredModel).find("Invalid attribute key 'run_id'") == 0);
  CHECK(fault("metrics.x = 1", Entity::kModelVersion).find("Invalid entity type 'metrics'") == 0);
}

TEST_CASE("registered models and model versions are ordered by what they are not filtered by") {
  CHECK(query::parse_order_by(Entity::kRegisteredModel, "timestamp DESC").field().name() ==
        "last_updated_timestamp");
  CHECK(query::parse_order_by(Entity::kModelVersion, "creation_timestamp").field().name() ==
        "creation_timestamp");
  CHECK_THROWS_AS(query::parse_order_by(Entity::kModelVersion, "run_id"), Error);
  CHECK_THROWS_AS(query::parse_order_by(Entity::kModelVersion, "tags.x"), Error);
}

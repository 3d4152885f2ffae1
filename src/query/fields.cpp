#include "query/fields.h"

#include <algorithm>
#include <array>
#include <span>

namespace millrace::query {
namespace {

struct Attribute {
  std::string_view alias;
  std::string_view name;
  ValueType type;
};

constexpr ValueType kText = ValueType::kText;
constexpr ValueType kInteger = ValueType::kInteger;

constexpr std::array<Attribute, 13> kRunAttributes{{
    {"run_id", "run_id", kText},
    {"run_name", "run_name", kText},
    {"run name", "run_name", kText},
    {"Run name", "run_name", kText},
    {"Run Name", "run_name", kText},
    {"user_id", "user_id", kText},
    {"status", "status", kText},
    {"artifact_uri", "artifact_uri", kText},
    {"start_time", "start_time", kInteger},
    {"created", "start_time", kInteger},
    {"Created", "start_time", kInteger},
    {"end_time", "end_time", kInteger},
    {"experiment_id", "experiment_id", kText},
}};

constexpr std::array<Attribute, 4> kExperimentAttributes{{
    {"name", "name", kText},
    {"experiment_id", "experiment_id", kText},
    {"creation_time", "creation_time", kInteger},
    {"last_update_time", "last_update_time", kInteger},
}};

constexpr std::array<Attribute, 12> kModelAttributes{{
    {"model_id", "model_id", kText},
    {"experiment_id", "experiment_id", kText},
    {"name", "name", kText},
    {"model_type", "model_type", kText},
    {"source_run_id", "source_run_id", kText},
    {"status", "status", kText},
    {"artifact_location", "artifact_location", kText},
    {"creation_timestamp_ms", "creation_timestamp_ms", kInteger},
    {"creation_timestamp", "creation_timestamp_ms", kInteger},
    {"creation_time", "creation_timestamp_ms", kInteger},
    {"last_updated_timestamp_ms", "last_updated_timestamp_ms", kInteger},
    {"last_updated_timestamp", "last_updated_timestamp_ms", kInteger},
}};

constexpr std::array<Attribute, 1> kRegisteredModelAttributes{{{"name", "name", kText}}};

constexpr std::array<Attribute, 3> kRegisteredModelOrders{{
    {"name", "name", kText},
    {"last_updated_timestamp", "last_updated_timestamp", kInteger},
    {"timestamp", "last_updated_timestamp", kInteger},
}};

constexpr std::array<Attribute, 4> kModelVersionAttributes{{
    {"name", "name", kText},
    {"version_number", "version_number", kInteger},
    {"run_id", "run_id", kText},
    {"source_path", "source_path", kText},
}};

constexpr std::array<Attribute, 4> kModelVersionOrders{{
    {"name", "name", kText},
    {"version_number", "version_number", kInteger},
    {"creation_timestamp", "creation_timestamp", kInteger},
    {"last_updated_timestamp", "last_updated_timestamp", kInteger},
}};

struct Prefix {
  std::string_view text;
  v1::FieldKind kind;
};

constexpr std::array<Prefix, 14> kPrefixes{{
    {"attribute", v1::FIELD_KIND_ATTRIBUTE},
    {"attributes", v1::FIELD_KIND_ATTRIBUTE},
    {"attr", v1::FIELD_KIND_ATTRIBUTE},
    {"run", v1::FIELD_KIND_ATTRIBUTE},
    {"metric", v1::FIELD_KIND_METRIC},
    {"metrics", v1::FIELD_KIND_METRIC},
    {"parameter", v1::FIELD_KIND_PARAM},
    {"parameters", v1::FIELD_KIND_PARAM},
    {"param", v1::FIELD_KIND_PARAM},
    {"params", v1::FIELD_KIND_PARAM},
    {"tag", v1::FIELD_KIND_TAG},
    {"tags", v1::FIELD_KIND_TAG},
    {"dataset", v1::FIELD_KIND_DATASET},
    {"datasets", v1::FIELD_KIND_DATASET},
}};

std::span<const Attribute> attributes_of(Entity entity, FieldUse use) {
  switch (entity) {
    case Entity::kExperiment:
      return kExperimentAttributes;
    case Entity::kRun:
      return kRunAttributes;
    case Entity::kRegisteredModel:
      if (use == FieldUse::kOrder) return kRegisteredModelOrders;
      return kRegisteredModelAttributes;
    case Entity::kModelVersion:
      if (use == FieldUse::kOrder) return kModelVersionOrders;
      return kModelVersionAttributes;
    case Entity::kLoggedModel:
      break;
  }
  return kModelAttributes;
}

bool has_kind(Entity entity, v1::FieldKind kind) {
  switch (kind) {
    case v1::FIELD_KIND_ATTRIBUTE:
    case v1::FIELD_KIND_TAG:
      return true;
    case v1::FIELD_KIND_METRIC:
    case v1::FIELD_KIND_PARAM:
      return entity == Entity::kRun || entity == Entity::kLoggedModel;
    case v1::FIELD_KIND_DATASET:
      return entity == Entity::kRun;
    default:
      return false;
  }
}

std::string kinds_of(Entity entity) {
  switch (entity) {
    case Entity::kExperiment:
    case Entity::kRegisteredModel:
    case Entity::kModelVersion:
      return "'attribute', 'tag'";
    case Entity::kRun:
      return "'metric', 'parameter', 'tag', 'attribute', 'dataset'";
    case Entity::kLoggedModel:
      break;
  }
  return "'attributes', 'metrics', 'params', 'tags'";
}

v1::FieldKind resolve_kind(Entity entity, const Token& name, std::string_view text) {
  if (name.prefix.empty()) return v1::FIELD_KIND_ATTRIBUTE;
  const auto* found = std::find_if(kPrefixes.begin(), kPrefixes.end(),
                                   [&](const Prefix& p) { return p.text == name.prefix; });
  if (found == kPrefixes.end() || !has_kind(entity, found->kind)) {
    refuse(text, name.position,
           "Invalid entity type '" + name.prefix + "'. Valid values are [" + kinds_of(entity) + "]");
  }
  return found->kind;
}

const Attribute* find_attribute(Entity entity, FieldUse use, std::string_view alias) {
  const auto known = attributes_of(entity, use);
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Attribute& a) { return a.alias == alias; });
  return found == known.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_attribute(Entity entity, FieldUse use, const Token& name, std::string_view text) {
  std::string valid;
  for (const Attribute& attribute : attributes_of(entity, use)) {
    if (!valid.empty()) valid += ", ";
    valid += "'" + std::string(attribute.alias) + "'";
  }
  refuse(text, name.position,
         "Invalid attribute key '" + name.value + "' specified. Valid keys are {" + valid + "}");
}

bool is_order(v1::Comparator comparator) {
  return comparator >= v1::COMPARATOR_LESS && comparator <= v1::COMPARATOR_GREATER_EQUAL;
}

bool is_null_test(v1::Comparator comparator) {
  return comparator == v1::COMPARATOR_IS_NULL || comparator == v1::COMPARATOR_IS_NOT_NULL;
}

bool allows(const Field& field, v1::Comparator comparator) {
  const v1::FieldKind kind = field.ref.kind();
  if (is_null_test(comparator)) return kind == v1::FIELD_KIND_TAG || kind == v1::FIELD_KIND_PARAM;
  if (field.type != ValueType::kText) return comparator <= v1::COMPARATOR_GREATER_EQUAL;
  return !is_order(comparator);
}

}  // namespace

Field resolve_field(Entity entity, FieldUse use, const Token& name, std::string_view text) {
  Field field;
  const v1::FieldKind kind = resolve_kind(entity, name, text);
  field.ref.set_kind(kind);
  field.ref.set_name(name.value);
  field.type = kind == v1::FIELD_KIND_METRIC ? ValueType::kNumber : ValueType::kText;
  if (name.value.empty())
    refuse(text, name.position,
           "Invalid clause(s) in filter string: '" + std::string(name.text) + "' lacks a key");
  if (kind == v1::FIELD_KIND_DATASET && name.value != "name" && name.value != "digest" &&
      name.value != "context") {
    refuse(
        text, name.position,
        "Invalid dataset key '" + name.value + "' specified. Valid keys are {'name', 'digest', 'context'}");
  }
  if (kind == v1::FIELD_KIND_ATTRIBUTE) {
    const Attribute* attribute = find_attribute(entity, use, name.value);
    if (attribute == nullptr) refuse_attribute(entity, use, name, text);
    field.ref.set_name(std::string(attribute->name));
    field.type = attribute->type;
  }
  return field;
}

void check_comparator(Entity, const Field& field, v1::Comparator comparator, const Token& token,
                      std::string_view text) {
  if (allows(field, comparator)) return;
  const std::string expected = field.type == ValueType::kText ? "'=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'"
                                                              : "'=', '!=', '<', '<=', '>', '>='";
  if (is_null_test(comparator)) {
    refuse(text, token.position,
           "IS NULL / IS NOT NULL is only supported for tags and params, not for '" + field.ref.name() + "'");
  }
  refuse(text, token.position,
         "Invalid comparator '" + std::string(token.text) + "' for '" + field.ref.name() +
             "': expected one of " + expected);
}

}  // namespace millrace::query

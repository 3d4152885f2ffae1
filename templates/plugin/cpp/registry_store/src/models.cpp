#include "models.h"

#include <algorithm>

namespace sample_plugin {
namespace {

using namespace millrace;

template <typename Message>
Message parse(std::string_view content) {
  Message message;
  if (!message.ParseFromArray(content.data(), static_cast<int>(content.size())))
    throw Error(ErrorCode::kInternalError, "The journal holds a record that is none.");
  return message;
}

template <typename Tags>
void add_tags(const std::map<std::string, std::string>& tags, Tags& to) {
  for (const auto& [key, value] : tags) {
    auto& tag = *to.Add();
    tag.set_key(key);
    tag.set_value(value);
  }
}

}  // namespace

VersionState::VersionState(int64_t number, const v1::plugin::NewModelVersion& created)
    : location(created.storage_location().empty() ? created.source() : created.storage_location()) {
  message.set_name(created.name());
  message.set_version(std::to_string(number));
  message.set_creation_timestamp(created.creation_time());
  message.set_last_updated_timestamp(created.creation_time());
  message.set_current_stage("None");
  message.set_source(created.source());
  message.set_run_id(created.run_id());
  message.set_run_link(created.run_link());
  message.set_status(v1::READY);
  if (created.has_description()) message.set_description(created.description());
  for (const v1::ModelVersionTag& tag : created.tags()) tags[tag.key()] = tag.value();
}

v1::ModelVersion VersionState::tagged() const {
  v1::ModelVersion shown = message;
  add_tags(tags, *shown.mutable_tags());
  return shown;
}

v1::RegisteredModel ModelState::message() const {
  v1::RegisteredModel shown;
  shown.set_name(name);
  shown.set_creation_timestamp(created);
  shown.set_last_updated_timestamp(updated);
  if (!description.empty()) shown.set_description(description);
  add_tags(tags, *shown.mutable_tags());
  for (const auto& [alias, number] : aliases) {
    v1::RegisteredModelAlias& added = *shown.add_aliases();
    added.set_alias(alias);
    added.set_version(std::to_string(number));
  }
  std::map<std::string, int64_t> latest;  // of each stage; versions come by rising number
  for (const auto& [number, version] : versions) latest[version.message.current_stage()] = number;
  for (const auto& [number, version] : versions) {
    if (latest[version.message.current_stage()] == number) *shown.add_latest_versions() = version.tagged();
  }
  return shown;
}

v1::ModelVersion ModelState::message_of(int64_t number) const {
  v1::ModelVersion shown = versions.at(number).tagged();
  for (const auto& [alias, target] : aliases) {
    if (target == number) shown.add_aliases(alias);
  }
  return shown;
}

void Models::apply(int kind, std::string_view content) {
  switch (kind) {
    case kModel:
      return apply(parse<v1::plugin::NewRegisteredModel>(content));
    case kModelChanges:
      return apply(parse<v1::plugin::RegisteredModelChanges>(content));
    case kModelDeletion:
      by_name_.erase(parse<v1::plugin::RegisteredModelLookup>(content).name());
      return;
    case kVersion:
      return apply(parse<v1::plugin::NewModelVersion>(content));
    case kVersionDescription:
      return apply(parse<v1::plugin::ModelVersionDescription>(content));
    case kVersionDeletion:
      return apply(parse<v1::plugin::ModelVersionDeletion>(content));
    case kModelTag:
    case kModelTagKey:
    case kVersionTag:
    case kVersionTagKey:
      return apply_tag(kind, content);
    case kAlias:
    case kAliasKey:
      return apply_alias(kind, content);
    case kStage:
      return apply(parse<v1::plugin::StageTransition>(content));
    default:
      throw Error(ErrorCode::kInternalError, "The journal was written by a newer version of this plugin.");
  }
}

const ModelState& Models::model(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) throw_not_found("Registered Model with name=" + name + " not found");
  return found->second;
}

const VersionState& Models::version(const std::string& name, int64_t number) const {
  const auto model = by_name_.find(name);
  if (model != by_name_.end()) {
    const auto found = model->second.versions.find(number);
    if (found != model->second.versions.end()) return found->second;
  }
  throw_not_found("Model Version (name=" + name + ", version=" + std::to_string(number) + ") not found");
}

void Models::apply(const v1::plugin::NewRegisteredModel& created) {
  ModelState model;
  model.name = created.name();
  model.description = created.description();
  model.created = model.updated = created.creation_time();
  for (const v1::RegisteredModelTag& tag : created.tags()) model.tags[tag.key()] = tag.value();
  by_name_[created.name()] = std::move(model);
}

void Models::apply(const v1::plugin::RegisteredModelChanges& changes) {
  auto node = by_name_.extract(changes.name());
  ModelState& model = node.mapped();
  model.updated = changes.update_time();
  if (changes.has_description()) model.description = changes.description();
  if (changes.has_new_name()) {
    model.name = changes.new_name();
    for (auto& [number, version] : model.versions) {
      version.message.set_name(changes.new_name());
      version.message.set_last_updated_timestamp(changes.update_time());
    }
  }
  node.key() = model.name;
  by_name_.insert(std::move(node));
}

void Models::apply(const v1::plugin::NewModelVersion& created) {
  ModelState& model = by_name_.at(created.name());
  const int64_t number = ++model.greatest_number;
  model.versions.emplace(number, VersionState(number, created));
  model.updated = created.creation_time();
}

void Models::apply(const v1::plugin::ModelVersionDescription& changes) {
  v1::ModelVersion& message = by_name_.at(changes.name()).versions.at(changes.version()).message;
  message.set_last_updated_timestamp(changes.update_time());
  message.clear_description();
  if (changes.has_description()) message.set_description(changes.description());
}

void Models::apply(const v1::plugin::ModelVersionDeletion& deletion) {
  ModelState& model = by_name_.at(deletion.name());
  model.versions.erase(deletion.version());
  std::erase_if(model.aliases, [&](const auto& alias) { return alias.second == deletion.version(); });
  model.updated = deletion.update_time();
}

void Models::apply(const v1::plugin::StageTransition& transition) {
  ModelState& model = by_name_.at(transition.name());
  for (auto& [number, version] : model.versions) {
    const bool is_meant = number == transition.version();
    const bool makes_room =
        transition.archive_existing() && version.message.current_stage() == transition.stage();
    if (!is_meant && !makes_room) continue;
    version.message.set_current_stage(is_meant ? transition.stage() : "Archived");
    version.message.set_last_updated_timestamp(transition.update_time());
  }
  model.updated = transition.update_time();
}

void Models::apply_tag(int kind, std::string_view content) {
  if (kind == kModelTag) {
    const auto tag = parse<v1::plugin::RegisteredModelTagWrite>(content);
    by_name_.at(tag.name()).tags[tag.key()] = tag.value();
  } else if (kind == kModelTagKey) {
    const auto tag = parse<v1::plugin::RegisteredModelTagKey>(content);
    by_name_.at(tag.name()).tags.erase(tag.key());
  } else if (kind == kVersionTag) {
    const auto tag = parse<v1::plugin::ModelVersionTagWrite>(content);
    by_name_.at(tag.name()).versions.at(tag.version()).tags[tag.key()] = tag.value();
  } else {
    const auto tag = parse<v1::plugin::ModelVersionTagKey>(content);
    by_name_.at(tag.name()).versions.at(tag.version()).tags.erase(tag.key());
  }
}

void Models::apply_alias(int kind, std::string_view content) {
  if (kind == kAlias) {
    const auto write = parse<v1::plugin::AliasWrite>(content);
    by_name_.at(write.name()).aliases[write.alias()] = write.version();
  } else {
    const auto key = parse<v1::plugin::AliasKey>(content);
    by_name_.at(key.name()).aliases.erase(key.alias());
  }
}

}  // namespace sample_plugin

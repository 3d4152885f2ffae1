#pragma once

#include <map>
#include <string>
#include <string_view>

#include "millrace/registration.h"
#include "millrace/v1/plugin/registry_store.gen.h"

namespace sample_plugin {

/// One version of a model. The message has neither tags nor aliases.
struct VersionState {
  millrace::v1::ModelVersion message;
  std::string location;
  std::map<std::string, std::string> tags;

  VersionState() = default;
  VersionState(int64_t number, const millrace::v1::plugin::NewModelVersion& created);

  /// With its tags.
  millrace::v1::ModelVersion tagged() const;
};

/// One registered model with all its versions.
struct ModelState {
  std::string name;
  std::string description;
  int64_t created = 0;
  int64_t updated = 0;
  std::map<std::string, std::string> tags;
  std::map<std::string, int64_t> aliases;
  std::map<int64_t, VersionState> versions;
  int64_t greatest_number = 0;  ///< of any version, deleted ones too

  /// As the contract shows it.
  millrace::v1::RegisteredModel message() const;
  /// A version, which must be there, with its tags and aliases.
  millrace::v1::ModelVersion message_of(int64_t number) const;
};

/// All registered models: what the records of the journal amount to. The journal sees to it that one thread
/// at a time is inside.
class Models {
 public:
  /// Records; numbers are what stands in journals, so add at the end only.
  enum Kind {
    kModel,
    kModelChanges,
    kModelDeletion,
    kModelTag,
    kModelTagKey,
    kVersion,
    kVersionDescription,
    kVersionDeletion,
    kVersionTag,
    kVersionTagKey,
    kAlias,
    kAliasKey,
    kStage,
  };

  void apply(int kind, std::string_view content);

  const std::map<std::string, ModelState>& by_name() const { return by_name_; }

  /// Each throws RESOURCE_DOES_NOT_EXIST when there is none.
  const ModelState& model(const std::string& name) const;
  const VersionState& version(const std::string& name, int64_t number) const;

 private:
  void apply(const millrace::v1::plugin::NewRegisteredModel& created);
  void apply(const millrace::v1::plugin::RegisteredModelChanges& changes);
  void apply(const millrace::v1::plugin::NewModelVersion& created);
  void apply(const millrace::v1::plugin::ModelVersionDescription& changes);
  void apply(const millrace::v1::plugin::ModelVersionDeletion& deletion);
  void apply(const millrace::v1::plugin::StageTransition& transition);
  void apply_tag(int kind, std::string_view content);
  void apply_alias(int kind, std::string_view content);

  std::map<std::string, ModelState> by_name_;
};

}  // namespace sample_plugin

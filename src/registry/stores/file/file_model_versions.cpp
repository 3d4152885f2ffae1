#include "base/error.h"
#include "registry/stores/file/file_registry_store.h"
#include "registry/stores/sql/rows.h"
#include "tracking/stores/file/layout.h"

namespace millrace::registry {
namespace {

using tracking::files::kTags;
using v1::plugin::Done;

const CallContext kContext;

std::string tag_path(int64_t version, const std::string& key) {
  return files::version_folder(version) + "/" + kTags + "/" + key;
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// Deleted versions keep their folders, so the greatest number is that of all that ever were.
int64_t next_number(const files::ModelFiles& model) {
  int64_t greatest = 0;
  for (const files::VersionFiles& version : model.versions) greatest = std::max(greatest, version.number);
  return greatest + 1;
}

}  // namespace

v1::ModelVersion FileRegistryStore::version_of(const std::string& name, int64_t number) {
  v1::plugin::ModelVersionLookup lookup;
  lookup.set_name(name);
  lookup.set_version(number);
  return rows_.get_model_version(kContext, lookup);
}

v1::ModelVersion FileRegistryStore::create_model_version(const CallContext&,
                                                         const v1::plugin::NewModelVersion& request) {
  files::VersionFiles version;
  change_model(request.name(), [&](ModelWrite& one) {
    version.number = next_number(one.model);
    version.creation_time = request.creation_time();
    version.update_time = request.creation_time();
    if (request.has_description()) version.description = request.description();
    version.source = request.source();
    version.storage_location = known(request.storage_location());
    version.run_id = known(request.run_id());
    version.run_link = known(request.run_link());
    for (const auto& tag : request.tags())
      one.changes.put(one.path(tag_path(version.number, tag.key())), tag.value());
    one.put_version(version);
    one.model.update_time = request.creation_time();
    one.put_model();
  });
  return version_of(request.name(), version.number);
}

v1::ModelVersion FileRegistryStore::get_model_version(const CallContext& context,
                                                      const v1::plugin::ModelVersionLookup& request) {
  index_->look_at(request.name());
  return rows_.get_model_version(context, request);
}

v1::plugin::ModelVersionLocation FileRegistryStore::get_model_version_location(
    const CallContext& context, const v1::plugin::ModelVersionKey& request) {
  index_->look_at(request.name());
  return rows_.get_model_version_location(context, request);
}

v1::ModelVersion FileRegistryStore::update_model_version(const CallContext&,
                                                         const v1::plugin::ModelVersionDescription& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    files::VersionFiles& version = one.require_version(request.version());
    version.description = request.has_description() ? std::optional(request.description()) : std::nullopt;
    version.update_time = request.update_time();
    one.put_version(version);
  });
  return version_of(request.name(), request.version());
}

// The folder stays with the mark that the reference writes, so that the number is not given again.
Done FileRegistryStore::delete_model_version(const CallContext&,
                                             const v1::plugin::ModelVersionDeletion& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    files::VersionFiles& version = one.require_version(request.version());
    version.stage = kDeletedStage;
    version.update_time = request.update_time();
    for (const auto& [alias, number] : one.model.aliases) {
      if (number == request.version())
        one.changes.remove(one.path(std::string(files::kAliases) + "/" + alias));
    }
    one.put_version(version);
    one.model.update_time = request.update_time();
    one.put_model();
  });
  return {};
}

v1::plugin::ModelVersionPage FileRegistryStore::search_model_versions(
    const CallContext& context, const v1::plugin::ModelVersionQuery& request) {
  index_->sync();
  return rows_.search_model_versions(context, request);
}

Done FileRegistryStore::set_model_version_tag(const CallContext&,
                                              const v1::plugin::ModelVersionTagWrite& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.require_version(request.version());
    one.changes.put(one.path(tag_path(request.version(), request.key())), request.value());
  });
  return {};
}

Done FileRegistryStore::delete_model_version_tag(const CallContext&,
                                                 const v1::plugin::ModelVersionTagKey& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.require_version(request.version());
    one.changes.remove(one.path(tag_path(request.version(), request.key())));
  });
  return {};
}

v1::ModelVersion FileRegistryStore::transition_model_version_stage(
    const CallContext&, const v1::plugin::StageTransition& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    files::VersionFiles& moved = one.require_version(request.version());
    for (files::VersionFiles& version : one.model.versions) {
      if (!request.archive_existing() || version.stage != request.stage() || &version == &moved) continue;
      version.stage = "Archived";
      version.update_time = request.update_time();
      one.put_version(version);
    }
    moved.stage = request.stage();
    moved.update_time = request.update_time();
    one.put_version(moved);
    one.model.update_time = request.update_time();
    one.put_model();
  });
  return version_of(request.name(), request.version());
}

}  // namespace millrace::registry

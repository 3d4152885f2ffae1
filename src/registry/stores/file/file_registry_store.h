#pragma once

#include <functional>
#include <memory>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "registry/stores/file/registry_index.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "tracking/stores/file/changes.h"

namespace millrace::registry {

/// The registry store on the folder models/ of a file store, in MLflow's layout (files/model_folder.h). Core
/// and "stages"; webhooks have no place in that layout. Searches and reads are answered by the index after it
/// has followed the files; writes are durable before they are answered. Any thread, and several processes
/// where the file system has locks.
class FileRegistryStore : public RegistryStore {
 public:
  explicit FileRegistryStore(std::shared_ptr<files::RegistryIndex> index)
      : index_(std::move(index)), rows_(index_->database()) {}

  v1::RegisteredModel create_registered_model(const CallContext&,
                                              const v1::plugin::NewRegisteredModel&) override;
  v1::RegisteredModel get_registered_model(const CallContext&,
                                           const v1::plugin::RegisteredModelLookup&) override;
  v1::RegisteredModel update_registered_model(const CallContext&,
                                              const v1::plugin::RegisteredModelChanges&) override;
  v1::plugin::Done delete_registered_model(const CallContext&,
                                           const v1::plugin::RegisteredModelLookup&) override;
  v1::plugin::RegisteredModelPage search_registered_models(const CallContext&,
                                                           const v1::plugin::RegisteredModelQuery&) override;
  v1::plugin::Done set_registered_model_tag(const CallContext&,
                                            const v1::plugin::RegisteredModelTagWrite&) override;
  v1::plugin::Done delete_registered_model_tag(const CallContext&,
                                               const v1::plugin::RegisteredModelTagKey&) override;

  v1::ModelVersion create_model_version(const CallContext&, const v1::plugin::NewModelVersion&) override;
  v1::ModelVersion get_model_version(const CallContext&, const v1::plugin::ModelVersionLookup&) override;
  v1::plugin::ModelVersionLocation get_model_version_location(const CallContext&,
                                                              const v1::plugin::ModelVersionKey&) override;
  v1::ModelVersion update_model_version(const CallContext&,
                                        const v1::plugin::ModelVersionDescription&) override;
  v1::plugin::Done delete_model_version(const CallContext&, const v1::plugin::ModelVersionDeletion&) override;
  v1::plugin::ModelVersionPage search_model_versions(const CallContext&,
                                                     const v1::plugin::ModelVersionQuery&) override;
  v1::plugin::Done set_model_version_tag(const CallContext&,
                                         const v1::plugin::ModelVersionTagWrite&) override;
  v1::plugin::Done delete_model_version_tag(const CallContext&,
                                            const v1::plugin::ModelVersionTagKey&) override;
  v1::ModelVersion transition_model_version_stage(const CallContext&,
                                                  const v1::plugin::StageTransition&) override;

  v1::plugin::Done set_registered_model_alias(const CallContext&, const v1::plugin::AliasWrite&) override;
  v1::plugin::Done delete_registered_model_alias(const CallContext&, const v1::plugin::AliasKey&) override;

 private:
  /// A model that is being written: what its folder has, and what will change.
  struct ModelWrite {
    std::string folder;  ///< name of the model as it was
    files::ModelFiles model;
    tracking::files::Changes changes;

    std::string path(const std::string& below) const;
    files::VersionFiles& require_version(int64_t number);
    void put_model();
    void put_version(const files::VersionFiles& version);
  };

  const tracking::files::Root& root() const { return index_->root(); }
  /// Locks the registry, reads the model, lets `write` say what changes, and does it.
  void change_model(const std::string& name, const std::function<void(ModelWrite&)>& write);
  v1::ModelVersion version_of(const std::string& name, int64_t number);

  std::shared_ptr<files::RegistryIndex> index_;
  SqlRegistryStore rows_;
};

}  // namespace millrace::registry

#pragma once

#include <filesystem>

#include "journal.h"
#include "millrace/registration.h"
#include "millrace/v1/plugin/registry_store.gen.h"
#include "models.h"

namespace sample_plugin {

/// Registered models in the file "registry.journal" of a folder and, for answers, in memory. Each operation
/// decides whether it may happen, records it, and answers. Any thread; several servers may share a folder.
class SamplePlugin : public millrace::RegistryStore, public millrace::SelfCheck {
 public:
  explicit SamplePlugin(const millrace::PluginOptions& options);

  using Context = millrace::CallContext;
  using Done = millrace::v1::plugin::Done;

  millrace::v1::RegisteredModel create_registered_model(
      const Context& context, const millrace::v1::plugin::NewRegisteredModel& request) override;
  millrace::v1::RegisteredModel get_registered_model(
      const Context& context, const millrace::v1::plugin::RegisteredModelLookup& request) override;
  millrace::v1::RegisteredModel update_registered_model(
      const Context& context, const millrace::v1::plugin::RegisteredModelChanges& request) override;
  Done delete_registered_model(const Context& context,
                               const millrace::v1::plugin::RegisteredModelLookup& request) override;
  millrace::v1::plugin::RegisteredModelPage search_registered_models(
      const Context& context, const millrace::v1::plugin::RegisteredModelQuery& request) override;
  Done set_registered_model_tag(const Context& context,
                                const millrace::v1::plugin::RegisteredModelTagWrite& request) override;
  Done delete_registered_model_tag(const Context& context,
                                   const millrace::v1::plugin::RegisteredModelTagKey& request) override;

  millrace::v1::ModelVersion create_model_version(
      const Context& context, const millrace::v1::plugin::NewModelVersion& request) override;
  millrace::v1::ModelVersion get_model_version(
      const Context& context, const millrace::v1::plugin::ModelVersionLookup& request) override;
  millrace::v1::plugin::ModelVersionLocation get_model_version_location(
      const Context& context, const millrace::v1::plugin::ModelVersionKey& request) override;
  millrace::v1::ModelVersion update_model_version(
      const Context& context, const millrace::v1::plugin::ModelVersionDescription& request) override;
  Done delete_model_version(const Context& context,
                            const millrace::v1::plugin::ModelVersionDeletion& request) override;
  millrace::v1::plugin::ModelVersionPage search_model_versions(
      const Context& context, const millrace::v1::plugin::ModelVersionQuery& request) override;
  Done set_model_version_tag(const Context& context,
                             const millrace::v1::plugin::ModelVersionTagWrite& request) override;
  Done delete_model_version_tag(const Context& context,
                                const millrace::v1::plugin::ModelVersionTagKey& request) override;
  millrace::v1::ModelVersion transition_model_version_stage(
      const Context& context, const millrace::v1::plugin::StageTransition& request) override;

  Done set_registered_model_alias(const Context& context,
                                  const millrace::v1::plugin::AliasWrite& request) override;
  Done delete_registered_model_alias(const Context& context,
                                     const millrace::v1::plugin::AliasKey& request) override;

  millrace::v1::plugin::CheckReport check() override;

 private:
  template <typename Request>
  Done change_model(Models::Kind kind, const Request& request);
  template <typename Request>
  Done change_version(Models::Kind kind, const Request& request);

  std::filesystem::path folder_;
  Models models_;
  Journal journal_;
};

}  // namespace sample_plugin

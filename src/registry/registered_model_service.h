#pragma once

#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/registered_models.gen.h"
#include "registry/webhooks/registry_event.h"

namespace millrace::registry {

/// The rules of registered models, their tags and aliases on top of any store. Any thread; both must
/// outlive it. `listener` is told of what was done.
class RegistryModelService : public RegisteredModelService {
 public:
  RegistryModelService(RegistryStore& store, RegistryListener& listener)
      : store_(store), listener_(listener) {}

  v1::CreateRegisteredModelResponse create_registered_model(const CallContext&,
                                                            const v1::CreateRegisteredModelRequest&) override;
  v1::GetRegisteredModelResponse get_registered_model(const CallContext&,
                                                      const v1::GetRegisteredModelRequest&) override;
  v1::RenameRegisteredModelResponse rename_registered_model(const CallContext&,
                                                            const v1::RenameRegisteredModelRequest&) override;
  v1::UpdateRegisteredModelResponse update_registered_model(const CallContext&,
                                                            const v1::UpdateRegisteredModelRequest&) override;
  v1::DeleteRegisteredModelResponse delete_registered_model(const CallContext&,
                                                            const v1::DeleteRegisteredModelRequest&) override;
  v1::SearchRegisteredModelsResponse search_registered_models(
      const CallContext&, const v1::SearchRegisteredModelsRequest&) override;
  v1::GetLatestVersionsResponse get_latest_versions(const CallContext&,
                                                    const v1::GetLatestVersionsRequest&) override;
  v1::SetRegisteredModelTagResponse set_registered_model_tag(
      const CallContext&, const v1::SetRegisteredModelTagRequest&) override;
  v1::DeleteRegisteredModelTagResponse delete_registered_model_tag(
      const CallContext&, const v1::DeleteRegisteredModelTagRequest&) override;
  v1::SetRegisteredModelAliasResponse set_registered_model_alias(
      const CallContext&, const v1::SetRegisteredModelAliasRequest&) override;
  v1::DeleteRegisteredModelAliasResponse delete_registered_model_alias(
      const CallContext&, const v1::DeleteRegisteredModelAliasRequest&) override;
  v1::GetModelVersionByAliasResponse get_model_version_by_alias(
      const CallContext&, const v1::GetModelVersionByAliasRequest&) override;

 private:
  [[noreturn]] void throw_name_taken(const CallContext& context,
                                     const v1::CreateRegisteredModelRequest& request);

  RegistryStore& store_;
  RegistryListener& listener_;
};

}  // namespace millrace::registry

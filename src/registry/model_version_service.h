#pragma once

#include <mutex>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "millrace/v1/registered_models.gen.h"
#include "registry/source_rules.h"
#include "registry/webhooks/registry_event.h"

namespace millrace::registry {

/// The rules of model versions on top of any registry store; runs and logged models that versions come from
/// are asked from the tracking store; `listener` is told of what was done. Any thread; all must outlive it.
class RegistryVersionService : public ModelVersionService {
 public:
  RegistryVersionService(RegistryStore& store, TrackingStore& tracking, RegistrySettings settings,
                         RegistryListener& listener)
      : store_(store),
        tracking_(tracking),
        sources_(store, tracking, std::move(settings)),
        listener_(listener) {}

  v1::CreateModelVersionResponse create_model_version(const CallContext&,
                                                      const v1::CreateModelVersionRequest&) override;
  v1::GetModelVersionResponse get_model_version(const CallContext&,
                                                const v1::GetModelVersionRequest&) override;
  v1::UpdateModelVersionResponse update_model_version(const CallContext&,
                                                      const v1::UpdateModelVersionRequest&) override;
  v1::TransitionModelVersionStageResponse transition_model_version_stage(
      const CallContext&, const v1::TransitionModelVersionStageRequest&) override;
  v1::DeleteModelVersionResponse delete_model_version(const CallContext&,
                                                      const v1::DeleteModelVersionRequest&) override;
  v1::SearchModelVersionsResponse search_model_versions(const CallContext&,
                                                        const v1::SearchModelVersionsRequest&) override;
  v1::GetModelVersionDownloadUriResponse get_model_version_download_uri(
      const CallContext&, const v1::GetModelVersionDownloadUriRequest&) override;
  v1::SetModelVersionTagResponse set_model_version_tag(const CallContext&,
                                                       const v1::SetModelVersionTagRequest&) override;
  v1::DeleteModelVersionTagResponse delete_model_version_tag(
      const CallContext&, const v1::DeleteModelVersionTagRequest&) override;

 private:
  /// Writes into the logged model which version it became.
  void link(const CallContext& context, const std::string& model_id, const v1::ModelVersion& version);

  RegistryStore& store_;
  TrackingStore& tracking_;
  SourceRules sources_;
  RegistryListener& listener_;
  std::mutex link_mutex_;  ///< link() reads a tag, adds to it and writes it back.
};

}  // namespace millrace::registry

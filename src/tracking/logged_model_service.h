#pragma once

#include <functional>

#include "millrace/v1/logged_models.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::tracking {

/// The rules of logged models on top of any store. Any thread; `store` must outlive it.
class TrackingLoggedModelService : public LoggedModelService {
 public:
  /// Lists the artifacts below a root URI; the artifact service provides it.
  using ListArtifacts = std::function<google::protobuf::RepeatedPtrField<v1::FileInfo>(
      const CallContext&, const std::string& root_uri, const std::string& path)>;

  TrackingLoggedModelService(TrackingStore& store, ListArtifacts list_artifacts)
      : store_(store), list_artifacts_(std::move(list_artifacts)) {}

  v1::CreateLoggedModelResponse create_logged_model(const CallContext&,
                                                    const v1::CreateLoggedModelRequest&) override;
  v1::GetLoggedModelResponse get_logged_model(const CallContext&, const v1::GetLoggedModelRequest&) override;
  v1::FinalizeLoggedModelResponse finalize_logged_model(const CallContext&,
                                                        const v1::FinalizeLoggedModelRequest&) override;
  v1::DeleteLoggedModelResponse delete_logged_model(const CallContext&,
                                                    const v1::DeleteLoggedModelRequest&) override;
  v1::SearchLoggedModelsResponse search_logged_models(const CallContext&,
                                                      const v1::SearchLoggedModelsRequest&) override;
  v1::SetLoggedModelTagsResponse set_logged_model_tags(const CallContext&,
                                                       const v1::SetLoggedModelTagsRequest&) override;
  v1::DeleteLoggedModelTagResponse delete_logged_model_tag(const CallContext&,
                                                           const v1::DeleteLoggedModelTagRequest&) override;
  v1::LogLoggedModelParamsResponse log_logged_model_params(const CallContext&,
                                                           const v1::LogLoggedModelParamsRequest&) override;
  v1::ListLoggedModelArtifactsResponse list_logged_model_artifacts(
      const CallContext&, const v1::ListLoggedModelArtifactsRequest&) override;

 private:
  v1::LoggedModel get(const CallContext& context, const std::string& model_id, bool allow_deleted);

  TrackingStore& store_;
  ListArtifacts list_artifacts_;
};

}  // namespace millrace::tracking

#pragma once

#include "artifacts/locations.h"
#include "millrace/v1/artifacts.gen.h"
#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::artifacts {

/// Artifacts as runs, logged models and model versions own them. Any thread; what it is made with must
/// outlive it.
class RunArtifactService : public ArtifactService {
 public:
  RunArtifactService(TrackingStore& store, RegistryStore& registry, const ArtifactLocations& locations)
      : store_(store), registry_(registry), locations_(locations) {}

  v1::ListArtifactsResponse list_artifacts(const CallContext&, const v1::ListArtifactsRequest&) override;
  std::unique_ptr<ByteSource> get_artifact(const CallContext&, const v1::GetArtifactRequest&) override;
  std::unique_ptr<ByteSource> get_model_version_artifact(const CallContext&,
                                                         const v1::GetModelVersionArtifactRequest&) override;
  std::unique_ptr<ByteSource> get_logged_model_artifact(const CallContext&,
                                                        const v1::GetLoggedModelArtifactRequest&) override;
  std::unique_ptr<ByteSource> get_artifact_folder(const CallContext&,
                                                  const v1::GetArtifactFolderRequest&) override;
  std::unique_ptr<ByteSource> get_logged_model_folder(const CallContext&,
                                                      const v1::GetLoggedModelFolderRequest&) override;
  std::unique_ptr<ByteSink> upload_run_artifact(const CallContext&,
                                                const v1::UploadRunArtifactRequest&) override;

  /// Direct children of `path` below a root URI, with paths relative to the root.
  google::protobuf::RepeatedPtrField<v1::FileInfo> list(const CallContext& context,
                                                        const std::string& root_uri,
                                                        const std::string& path) const;

 private:
  std::string root_of_run(const CallContext& context, const std::string& run_id);
  std::string root_of_logged_model(const CallContext&, const std::string& model_id);
  std::string root_of_version(const CallContext& context, const v1::GetModelVersionArtifactRequest& request);

  TrackingStore& store_;
  RegistryStore& registry_;
  const ArtifactLocations& locations_;
};

}  // namespace millrace::artifacts

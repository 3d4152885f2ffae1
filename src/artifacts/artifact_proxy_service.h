#pragma once

#include "artifacts/locations.h"
#include "millrace/v1/artifacts.gen.h"

namespace millrace::artifacts {

/// The proxy to the artifact destination. Any thread; `locations` must outlive it.
class DestinationProxyService : public ArtifactProxyService {
 public:
  explicit DestinationProxyService(const ArtifactLocations& locations) : locations_(locations) {}

  std::unique_ptr<ByteSource> download_artifact(const CallContext&,
                                                const v1::DownloadArtifactRequest&) override;
  std::unique_ptr<ByteSink> upload_artifact(const CallContext&, const v1::UploadArtifactRequest&) override;
  v1::ListProxiedArtifactsResponse list_proxied_artifacts(const CallContext&,
                                                          const v1::ListProxiedArtifactsRequest&) override;
  v1::DeleteArtifactResponse delete_artifact(const CallContext&, const v1::DeleteArtifactRequest&) override;
  v1::CreateMultipartUploadResponse create_multipart_upload(const CallContext&,
                                                            const v1::CreateMultipartUploadRequest&) override;
  std::unique_ptr<ByteSink> upload_artifact_part(const CallContext&,
                                                 const v1::UploadArtifactPartRequest&) override;
  v1::CompleteMultipartUploadResponse complete_multipart_upload(
      const CallContext&, const v1::CompleteMultipartUploadRequest&) override;
  v1::AbortMultipartUploadResponse abort_multipart_upload(const CallContext&,
                                                          const v1::AbortMultipartUploadRequest&) override;
  v1::GetPresignedDownloadUrlResponse get_presigned_download_url(
      const CallContext&, const v1::GetPresignedDownloadUrlRequest&) override;

 private:
  [[noreturn]] void refuse_own_parts(const CallContext& context, const std::string& path,
                                     const std::string& upload_id);

  const ArtifactLocations& locations_;
};

}  // namespace millrace::artifacts

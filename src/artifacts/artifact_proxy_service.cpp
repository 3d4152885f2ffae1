#include "artifacts/artifact_proxy_service.h"

#include "artifacts/part_numbers.h"
#include "artifacts/path_message.h"
#include "artifacts/path_rules.h"
#include "base/error.h"

namespace millrace::artifacts {
namespace {

constexpr int64_t kPresignedSeconds = 900;

// Clients name the folder in the URL and the local file in the body; the artifact has the file's last
// component.
template <typename Request>
std::string multipart_path(const Request& request) {
  return checked_file_path(join_path(checked_path(request.artifact_path()), last_component(request.path())));
}

}  // namespace

// Clients send parts without their credentials, since presigned URLs need none: parts that come to us would
// all be refused. They send the file as a whole when they are told so.
void DestinationProxyService::refuse_own_parts(const CallContext& context, const std::string& path,
                                               const std::string& upload_id) {
  v1::plugin::MultipartRef upload;
  upload.set_path(path);
  upload.set_upload_id(upload_id);
  locations_.destination()->abort_multipart(context, upload);
  throw Error(
      ErrorCode::kNotImplemented,
      "Multipart uploads are not available where users have to authenticate and the artifact store has no "
      "presigned URLs; send the file as a whole.");
}

std::unique_ptr<ByteSource> DestinationProxyService::download_artifact(
    const CallContext& context, const v1::DownloadArtifactRequest& request) {
  return locations_.destination()->read(
      context, path_message<v1::plugin::ArtifactRead>(checked_file_path(request.artifact_path())));
}

std::unique_ptr<ByteSink> DestinationProxyService::upload_artifact(const CallContext& context,
                                                                   const v1::UploadArtifactRequest& request) {
  return locations_.destination()->write(
      context, path_message<v1::plugin::ArtifactWrite>(checked_file_path(request.artifact_path())));
}

v1::ListProxiedArtifactsResponse DestinationProxyService::list_proxied_artifacts(
    const CallContext& context, const v1::ListProxiedArtifactsRequest& request) {
  v1::plugin::ArtifactListing listing = locations_.destination()->list(
      context, path_message<v1::plugin::ArtifactPath>(checked_path(request.path())));
  v1::ListProxiedArtifactsResponse response;
  response.mutable_files()->Swap(listing.mutable_files());
  for (v1::FileInfo& file : *response.mutable_files()) file.set_path(last_component(file.path()));
  return response;
}

v1::DeleteArtifactResponse DestinationProxyService::delete_artifact(
    const CallContext& context, const v1::DeleteArtifactRequest& request) {
  const std::string path = checked_path(request.artifact_path());
  if (path.empty()) throw_invalid_parameter("Invalid path");
  locations_.destination()->remove(context, path_message<v1::plugin::ArtifactPath>(path));
  return {};
}

v1::CreateMultipartUploadResponse DestinationProxyService::create_multipart_upload(
    const CallContext& context, const v1::CreateMultipartUploadRequest& request) {
  // Each part is an entry of the answer.
  check_part_number(request.num_parts());
  v1::plugin::MultipartBegin begin;
  begin.set_path(multipart_path(request));
  begin.set_part_count(request.num_parts());
  const v1::plugin::MultipartUpload upload = locations_.destination()->begin_multipart(context, begin);
  if (upload.part_urls_size() < request.num_parts() && !context.principal.empty()) {
    refuse_own_parts(context, begin.path(), upload.upload_id());
  }
  v1::CreateMultipartUploadResponse response;
  response.set_upload_id(upload.upload_id());
  for (int64_t number = 1; number <= request.num_parts(); ++number) {
    v1::MultipartUploadCredential& credential = *response.add_credentials();
    credential.set_part_number(number);
    credential.set_url(upload.part_urls_size() >= number
                           ? upload.part_urls(static_cast<int>(number - 1))
                           : context.base_url + "/api/3.0/millrace/artifacts/mpu/" + upload.upload_id() +
                                 "/" + std::to_string(number));
  }
  return response;
}

std::unique_ptr<ByteSink> DestinationProxyService::upload_artifact_part(
    const CallContext& context, const v1::UploadArtifactPartRequest& request) {
  v1::plugin::MultipartPartWrite part;
  part.set_upload_id(request.upload_id());
  part.set_part_number(request.part_number());
  return locations_.destination()->write_part(context, part);
}

v1::CompleteMultipartUploadResponse DestinationProxyService::complete_multipart_upload(
    const CallContext& context, const v1::CompleteMultipartUploadRequest& request) {
  v1::plugin::MultipartComplete complete;
  complete.set_path(multipart_path(request));
  complete.set_upload_id(request.upload_id());
  *complete.mutable_parts() = request.parts();
  locations_.destination()->complete_multipart(context, complete);
  return {};
}

v1::AbortMultipartUploadResponse DestinationProxyService::abort_multipart_upload(
    const CallContext& context, const v1::AbortMultipartUploadRequest& request) {
  v1::plugin::MultipartRef upload;
  upload.set_path(multipart_path(request));
  upload.set_upload_id(request.upload_id());
  locations_.destination()->abort_multipart(context, upload);
  return {};
}

v1::GetPresignedDownloadUrlResponse DestinationProxyService::get_presigned_download_url(
    const CallContext& context, const v1::GetPresignedDownloadUrlRequest& request) {
  v1::plugin::PresignRequest presign;
  presign.set_path(checked_file_path(request.artifact_path()));
  presign.set_expires_seconds(kPresignedSeconds);
  v1::plugin::PresignedUrl url = locations_.destination()->presign_read(context, presign);
  v1::GetPresignedDownloadUrlResponse response;
  response.set_url(url.url());
  *response.mutable_headers() = url.headers();
  response.set_file_size(url.file_size());
  return response;
}

}  // namespace millrace::artifacts

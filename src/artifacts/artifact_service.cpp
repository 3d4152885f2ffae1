#include "artifacts/artifact_service.h"

#include "artifacts/folder_zip.h"
#include "artifacts/path_message.h"
#include "artifacts/path_rules.h"
#include "base/error.h"
#include "base/uri.h"
#include "registry/rules/model_uri.h"
#include "registry/rules/names.h"

namespace millrace::artifacts {
namespace {

constexpr uint64_t kLargestPageUpload = 10 * 1024 * 1024;

template <typename Request>
const std::string& run_id_of(const Request& request) {
  return request.run_id().empty() ? request.run_uuid() : request.run_id();
}

// The page's uploads are small notes and plots; what is larger is for the proxy.
class LimitedSink : public ByteSink {
 public:
  explicit LimitedSink(std::unique_ptr<ByteSink> inner) : inner_(std::move(inner)) {}

  void write(std::string_view chunk) override {
    total_ += chunk.size();
    if (total_ > kLargestPageUpload) throw_invalid_parameter("Artifact size is too large. Max size is 10MB.");
    inner_->write(chunk);
  }

  void commit() override {
    if (total_ == 0) throw_invalid_parameter("Request must specify data.");
    inner_->commit();
  }

 private:
  std::unique_ptr<ByteSink> inner_;
  uint64_t total_ = 0;
};

}  // namespace

std::string RunArtifactService::root_of_run(const CallContext& context, const std::string& run_id) {
  if (run_id.empty()) {
    throw_invalid_parameter(
        "Missing value for required parameter 'run_id'. See the API docs for more information about request "
        "parameters.");
  }
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(run_id);
  lookup.set_info_only(true);
  return store_.get_run(context, lookup).info().artifact_uri();
}

std::string RunArtifactService::root_of_logged_model(const CallContext& context,
                                                     const std::string& model_id) {
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(model_id);
  return store_.get_logged_model(context, lookup).info().artifact_uri();
}

// Sources of the form runs:/id/path are kept as they are; the artifacts are the run's.
std::string RunArtifactService::root_of_version(const CallContext& context,
                                                const v1::GetModelVersionArtifactRequest& request) {
  v1::plugin::ModelVersionKey key;
  key.set_name(request.name());
  key.set_version(registry::version_number(request.name(), request.version()));
  const std::string location = registry_.get_model_version_location(context, key).storage_location();
  const std::string run_id = registry::run_of_uri(location);
  if (run_id.empty()) return location;
  const std::string_view path = parse_uri(location).path;
  const size_t slash = path.find('/', 1);
  const std::string root = root_of_run(context, run_id);
  return slash == std::string_view::npos ? root
                                         : append_to_uri_path(root, checked_path(path.substr(slash + 1)));
}

google::protobuf::RepeatedPtrField<v1::FileInfo> RunArtifactService::list(const CallContext& context,
                                                                          const std::string& root_uri,
                                                                          const std::string& path) const {
  const std::string below = checked_path(path);
  const ArtifactPlace place = locations_.resolve(root_uri, below);
  v1::plugin::ArtifactListing listing =
      place.repository->list(context, path_message<v1::plugin::ArtifactPath>(place.path));
  for (v1::FileInfo& file : *listing.mutable_files()) {
    file.set_path(join_path(below, last_component(file.path())));
  }
  return std::move(*listing.mutable_files());
}

v1::ListArtifactsResponse RunArtifactService::list_artifacts(const CallContext& context,
                                                             const v1::ListArtifactsRequest& request) {
  checked_path(request.path());
  v1::ListArtifactsResponse response;
  response.set_root_uri(root_of_run(context, run_id_of(request)));
  *response.mutable_files() = list(context, response.root_uri(), request.path());
  return response;
}

std::unique_ptr<ByteSource> RunArtifactService::get_artifact(const CallContext& context,
                                                             const v1::GetArtifactRequest& request) {
  const std::string path = checked_file_path(request.path());
  const ArtifactPlace place = locations_.resolve(root_of_run(context, run_id_of(request)), path);
  return place.repository->read(context, path_message<v1::plugin::ArtifactRead>(place.path));
}

std::unique_ptr<ByteSource> RunArtifactService::get_model_version_artifact(
    const CallContext& context, const v1::GetModelVersionArtifactRequest& request) {
  const std::string path = checked_file_path(request.path());
  const ArtifactPlace place = locations_.resolve(root_of_version(context, request), path);
  return place.repository->read(context, path_message<v1::plugin::ArtifactRead>(place.path));
}

std::unique_ptr<ByteSource> RunArtifactService::get_logged_model_artifact(
    const CallContext& context, const v1::GetLoggedModelArtifactRequest& request) {
  if (request.artifact_file_path().empty()) {
    throw Error(ErrorCode::kBadRequest, "Request must include the \"artifact_file_path\" query parameter.");
  }
  const std::string path = checked_file_path(request.artifact_file_path());
  const ArtifactPlace place = locations_.resolve(root_of_logged_model(context, request.model_id()), path);
  return place.repository->read(context, path_message<v1::plugin::ArtifactRead>(place.path));
}

std::unique_ptr<ByteSource> RunArtifactService::get_artifact_folder(
    const CallContext& context, const v1::GetArtifactFolderRequest& request) {
  const std::string path = checked_path(request.path());
  return zip_of_folder(context, locations_.resolve(root_of_run(context, request.run_id()), path), path);
}

std::unique_ptr<ByteSource> RunArtifactService::get_logged_model_folder(
    const CallContext& context, const v1::GetLoggedModelFolderRequest& request) {
  const std::string path = checked_path(request.path());
  return zip_of_folder(context, locations_.resolve(root_of_logged_model(context, request.model_id()), path),
                       path);
}

std::unique_ptr<ByteSink> RunArtifactService::upload_run_artifact(
    const CallContext& context, const v1::UploadRunArtifactRequest& request) {
  if (request.run_uuid().empty()) throw_invalid_parameter("Request must specify run_uuid.");
  if (request.path().empty()) throw_invalid_parameter("Request must specify path.");
  const std::string path = checked_file_path(request.path());
  const ArtifactPlace place = locations_.resolve(root_of_run(context, request.run_uuid()), path);
  return std::make_unique<LimitedSink>(
      place.repository->write(context, path_message<v1::plugin::ArtifactWrite>(place.path)));
}

}  // namespace millrace::artifacts

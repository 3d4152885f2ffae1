#include "plugin/known_providers.h"

#include <array>

namespace millrace::plugin {
namespace {

struct KnownProvider {
  Kind kind;
  std::string_view name;
  std::string_view plugin;
};

constexpr std::array<KnownProvider, 27> kKnown{{
    {Kind::kTrackingStore, "dynamodb", "dynamodb"},
    {Kind::kTrackingStore, "elasticsearch", "elasticsearch"},
    {Kind::kTrackingStore, "file-plugin", "file-plugin"},
    {Kind::kTrackingStore, "mongodb", "mongodb"},
    {Kind::kTrackingStore, "opensearch", "elasticsearch"},
    {Kind::kRegistryStore, "dynamodb", "dynamodb"},
    {Kind::kRegistryStore, "mongodb", "mongodb"},
    {Kind::kArtifactRepository, "abfss", "azure-blob"},
    {Kind::kArtifactRepository, "artifactory", "jfrog-artifactory"},
    {Kind::kArtifactRepository, "exa", "exasol-bucketfs"},
    {Kind::kArtifactRepository, "file-plugin", "file-plugin"},
    {Kind::kArtifactRepository, "ftp", "ftp"},
    {Kind::kArtifactRepository, "gs", "google-storage"},
    {Kind::kArtifactRepository, "hdfs", "webhdfs"},
    {Kind::kArtifactRepository, "mssql", "sqlserver-artifacts"},
    {Kind::kArtifactRepository, "oss", "aliyun-oss"},
    {Kind::kArtifactRepository, "s3", "s3"},
    {Kind::kArtifactRepository, "sftp", "sftp"},
    {Kind::kArtifactRepository, "wasbs", "azure-blob"},
    {Kind::kArtifactRepository, "webhdfs", "webhdfs"},
    {Kind::kArtifactRepository, "xet", "xet"},
    {Kind::kProjectBackend, "kubernetes", "kubernetes"},
    {Kind::kProjectBackend, "slurm", "slurm"},
    {Kind::kProjectBackend, "yarn", "yarn"},
    {Kind::kModelEvaluator, "giskard", "giskard"},
    {Kind::kDeploymentTarget, "sagemaker", "sagemaker"},
    {Kind::kDeploymentTarget, "torchserve", "torchserve"},
}};

}  // namespace

std::string_view known_provider(const ProvidedName& name) {
  for (const KnownProvider& known : kKnown) {
    if (known.kind == name.kind && known.name == name.name) return known.plugin;
  }
  return {};
}

}  // namespace millrace::plugin

#pragma once

#include <filesystem>

#include "millrace/registration.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace sample_plugin {

/// Artifacts in a folder. A file is written below ".unfinished" and moved to its place when it is complete.
/// Any thread; several servers may share a folder.
class SamplePlugin : public millrace::ArtifactRepository, public millrace::SelfCheck {
 public:
  /// Throws INVALID_PARAMETER_VALUE for a URI that names no folder, PERMISSION_DENIED and others for a folder
  /// that cannot be made.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::ArtifactListing list(const millrace::CallContext& context,
                                             const millrace::v1::plugin::ArtifactPath& request) override;
  std::unique_ptr<millrace::ByteSource> read(const millrace::CallContext& context,
                                             const millrace::v1::plugin::ArtifactRead& request) override;
  std::unique_ptr<millrace::ByteSink> write(const millrace::CallContext& context,
                                            const millrace::v1::plugin::ArtifactWrite& request) override;
  millrace::v1::plugin::ArtifactRemoved remove(const millrace::CallContext& context,
                                               const millrace::v1::plugin::ArtifactPath& request) override;

  millrace::v1::plugin::CheckReport check() override;

 private:
  std::filesystem::path locate(const std::string& path) const;
  void remove_entry(const std::filesystem::path& path);

  std::filesystem::path root_;
  std::filesystem::path unfinished_;
};

}  // namespace sample_plugin

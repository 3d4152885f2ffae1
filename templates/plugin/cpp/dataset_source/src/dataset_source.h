#pragma once

#include <filesystem>

#include "millrace/registration.h"
#include "millrace/v1/plugin/dataset_source.gen.h"

namespace sample_plugin {

/// Data sets that are files of this machine. Constant once made; any thread.
class SamplePlugin : public millrace::DatasetSource {
 public:
  explicit SamplePlugin(const millrace::PluginOptions& options);

  /// Understands "sample-name:/absolute/path".
  millrace::v1::plugin::ResolvedDatasetSource resolve(
      const millrace::CallContext& context, const millrace::v1::plugin::RawDatasetSource& request) override;
  /// INVALID_PARAMETER_VALUE for files outside of the folder that the setting 'root' names.
  std::unique_ptr<millrace::ByteSource> load(const millrace::CallContext& context,
                                             const millrace::v1::plugin::DatasetSourceRef& request) override;

 private:
  std::filesystem::path root_;
};

}  // namespace sample_plugin

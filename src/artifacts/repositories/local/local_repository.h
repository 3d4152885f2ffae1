#pragma once

#include "artifacts/repositories/local/root_directory.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::artifacts {

/// Artifacts in a directory of this machine. A file is written to an unnamed or reserved temporary, synced
/// and renamed, so that it is there whole and durable or not at all. Any thread.
class LocalRepository : public ArtifactRepository {
 public:
  explicit LocalRepository(std::string directory) : root_(std::move(directory)) {}

  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath&) override;
  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead&) override;
  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite&) override;
  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath&) override;

  v1::plugin::MultipartUpload begin_multipart(const CallContext&, const v1::plugin::MultipartBegin&) override;
  std::unique_ptr<ByteSink> write_part(const CallContext&, const v1::plugin::MultipartPartWrite&) override;
  v1::plugin::ArtifactWritten complete_multipart(const CallContext&,
                                                 const v1::plugin::MultipartComplete&) override;
  v1::plugin::ArtifactRemoved abort_multipart(const CallContext&, const v1::plugin::MultipartRef&) override;

 private:
  RootDirectory root_;
};

}  // namespace millrace::artifacts

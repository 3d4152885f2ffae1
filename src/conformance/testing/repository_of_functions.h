#pragma once

#include <functional>
#include <memory>

#include "conformance/testing/operation.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::conformance::testing {

/// An artifact repository with a function for each operation, which can be exchanged one by one.
class RepositoryOfFunctions : public ArtifactRepository {
 public:
  using Interface = ArtifactRepository;

  Operation<v1::plugin::ArtifactListing, v1::plugin::ArtifactPath> on_list;
  Operation<std::unique_ptr<ByteSource>, v1::plugin::ArtifactRead> on_read;
  Operation<std::unique_ptr<ByteSink>, v1::plugin::ArtifactWrite> on_write;
  Operation<v1::plugin::ArtifactRemoved, v1::plugin::ArtifactPath> on_remove;
  Operation<v1::plugin::MultipartUpload, v1::plugin::MultipartBegin> on_begin_multipart;
  Operation<std::unique_ptr<ByteSink>, v1::plugin::MultipartPartWrite> on_write_part;
  Operation<v1::plugin::ArtifactWritten, v1::plugin::MultipartComplete> on_complete_multipart;
  Operation<v1::plugin::ArtifactRemoved, v1::plugin::MultipartRef> on_abort_multipart;
  Operation<v1::plugin::PresignedUrl, v1::plugin::PresignRequest> on_presign_read;

  /// Calls `visit(name, function, method)` for each operation.
  template <typename Visitor>
  void visit_operations(const Visitor& visit) {
    visit("list", on_list, &ArtifactRepository::list);
    visit("read", on_read, &ArtifactRepository::read);
    visit("write", on_write, &ArtifactRepository::write);
    visit("remove", on_remove, &ArtifactRepository::remove);
    visit("begin_multipart", on_begin_multipart, &ArtifactRepository::begin_multipart);
    visit("write_part", on_write_part, &ArtifactRepository::write_part);
    visit("complete_multipart", on_complete_multipart, &ArtifactRepository::complete_multipart);
    visit("abort_multipart", on_abort_multipart, &ArtifactRepository::abort_multipart);
    visit("presign_read", on_presign_read, &ArtifactRepository::presign_read);
  }

  v1::plugin::ArtifactListing list(const CallContext& context,
                                   const v1::plugin::ArtifactPath& request) override {
    return on_list(context, request);
  }
  std::unique_ptr<ByteSource> read(const CallContext& context,
                                   const v1::plugin::ArtifactRead& request) override {
    return on_read(context, request);
  }
  std::unique_ptr<ByteSink> write(const CallContext& context,
                                  const v1::plugin::ArtifactWrite& request) override {
    return on_write(context, request);
  }
  v1::plugin::ArtifactRemoved remove(const CallContext& context,
                                     const v1::plugin::ArtifactPath& request) override {
    return on_remove(context, request);
  }
  v1::plugin::MultipartUpload begin_multipart(const CallContext& context,
                                              const v1::plugin::MultipartBegin& request) override {
    return on_begin_multipart(context, request);
  }
  std::unique_ptr<ByteSink> write_part(const CallContext& context,
                                       const v1::plugin::MultipartPartWrite& request) override {
    return on_write_part(context, request);
  }
  v1::plugin::ArtifactWritten complete_multipart(const CallContext& context,
                                                 const v1::plugin::MultipartComplete& request) override {
    return on_complete_multipart(context, request);
  }
  v1::plugin::ArtifactRemoved abort_multipart(const CallContext& context,
                                              const v1::plugin::MultipartRef& request) override {
    return on_abort_multipart(context, request);
  }
  v1::plugin::PresignedUrl presign_read(const CallContext& context,
                                        const v1::plugin::PresignRequest& request) override {
    return on_presign_read(context, request);
  }
};

}  // namespace millrace::conformance::testing

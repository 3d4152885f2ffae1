#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "artifacts/part_numbers.h"
#include "artifacts/path_rules.h"
#include "artifacts/repositories/local/file_streams.h"
#include "artifacts/repositories/local/local_repository.h"
#include "base/error.h"
#include "base/ids.h"

namespace millrace::artifacts {
namespace {

// Upload ids are ours, but they come back from clients.
void check_upload_id(const std::string& id) {
  const bool plain = std::all_of(id.begin(), id.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  if (id.size() != 24 || !plain) throw_invalid_parameter("Invalid upload_id");
}

std::string folder_of(const std::string& upload_id) {
  return std::string(kReservedPrefix) + "multipart-" + upload_id;
}

std::string part_path(const std::string& upload_id, int64_t number) {
  return folder_of(upload_id) + "/" + std::to_string(number);
}

void require_upload(const RootDirectory& root, const std::string& upload_id) {
  check_upload_id(upload_id);
  if (root.open(folder_of(upload_id), O_RDONLY | O_DIRECTORY).is_open()) return;
  throw_not_found("No multipart upload '" + upload_id + "' is under way.");
}

}  // namespace

v1::plugin::MultipartUpload LocalRepository::begin_multipart(const CallContext&,
                                                             const v1::plugin::MultipartBegin& request) {
  check_part_number(request.part_count());
  v1::plugin::MultipartUpload upload;
  upload.set_upload_id(random_token(24));
  root_.make_directory(folder_of(upload.upload_id()));
  return upload;
}

std::unique_ptr<ByteSink> LocalRepository::write_part(const CallContext&,
                                                      const v1::plugin::MultipartPartWrite& request) {
  require_upload(root_, request.upload_id());
  check_part_number(request.part_number());
  return std::make_unique<FileSink>(root_, part_path(request.upload_id(), request.part_number()));
}

v1::plugin::ArtifactWritten LocalRepository::complete_multipart(
    const CallContext& context, const v1::plugin::MultipartComplete& request) {
  require_upload(root_, request.upload_id());
  FileSink whole(root_, request.path());
  int64_t expected = 1;
  for (const auto& part : request.parts()) {
    if (part.part_number() != expected++)
      throw_invalid_parameter("The parts of a multipart upload are numbered 1, 2, 3, ... in order.");
    const Descriptor file = root_.open(part_path(request.upload_id(), part.part_number()), O_RDONLY);
    if (!file.is_open())
      throw_invalid_parameter("Part " + std::to_string(part.part_number()) + " of the upload is missing.");
    whole.append_file(file.get());
  }
  whole.commit();
  v1::plugin::MultipartRef done;
  done.set_upload_id(request.upload_id());
  abort_multipart(context, done);
  return {};
}

v1::plugin::ArtifactRemoved LocalRepository::abort_multipart(const CallContext& context,
                                                             const v1::plugin::MultipartRef& request) {
  check_upload_id(request.upload_id());
  v1::plugin::ArtifactPath folder;
  folder.set_path(folder_of(request.upload_id()));
  return remove(context, folder);
}

}  // namespace millrace::artifacts

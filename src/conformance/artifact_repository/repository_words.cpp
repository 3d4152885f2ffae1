#include "conformance/artifact_repository/repository_words.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;
constexpr size_t kLargestPiece = size_t{1} << 20;

void write_in_pieces(ByteSink& sink, std::string_view content) {
  for (size_t start = 0; start < content.size(); start += kLargestPiece) {
    sink.write(content.substr(start, kLargestPiece));
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return "[" + text + "]";
}

}  // namespace

void RepositoryWords::put(const std::string& path, std::string_view content) const {
  begin(path, content)->commit();
}

std::unique_ptr<ByteSink> RepositoryWords::begin(const std::string& path, std::string_view content) const {
  auto sink = repository_->write(kContext, artifacts::path_message<v1::plugin::ArtifactWrite>(path));
  write_in_pieces(*sink, content);
  return sink;
}

std::string RepositoryWords::get(const std::string& path) const {
  return get_part(path, 0, 0);
}

std::string RepositoryWords::get_part(const std::string& path, int64_t offset, int64_t length) const {
  auto request = artifacts::path_message<v1::plugin::ArtifactRead>(path);
  request.set_offset(offset);
  request.set_length(length);
  const auto source = repository_->read(kContext, request);
  std::string content;
  std::vector<char> piece(100'003);
  while (const size_t count = source->read(piece)) content.append(piece.data(), count);
  return content;
}

bool RepositoryWords::is_there(const std::string& path) const {
  try {
    get(path);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kResourceDoesNotExist) return false;
    throw;
  }
}

void RepositoryWords::remove(const std::string& path) const {
  repository_->remove(kContext, at_path(path));
}

std::vector<std::string> RepositoryWords::list(const std::string& path) const {
  std::vector<std::string> names;
  const v1::plugin::ArtifactListing listing = repository_->list(kContext, at_path(path));
  for (const auto& file : listing.files()) names.push_back(file.path() + (file.is_dir() ? "/" : ""));
  return names;
}

std::string RepositoryWords::begin_multipart(const std::string& path, int64_t parts) const {
  v1::plugin::MultipartBegin request;
  request.set_path(path);
  request.set_part_count(parts);
  return repository_->begin_multipart(kContext, request).upload_id();
}

void RepositoryWords::put_part(const std::string& upload, int64_t number, std::string_view content) const {
  v1::plugin::MultipartPartWrite part;
  part.set_upload_id(upload);
  part.set_part_number(number);
  const auto sink = repository_->write_part(kContext, part);
  write_in_pieces(*sink, content);
  sink->commit();
}

void RepositoryWords::complete(const std::string& upload, const std::string& path,
                               const std::vector<int64_t>& parts) const {
  v1::plugin::MultipartComplete request;
  request.set_upload_id(upload);
  request.set_path(path);
  for (const int64_t number : parts) request.add_parts()->set_part_number(number);
  repository_->complete_multipart(kContext, request);
}

void RepositoryWords::abort(const std::string& upload, const std::string& path) const {
  v1::plugin::MultipartRef request;
  request.set_upload_id(upload);
  request.set_path(path);
  repository_->abort_multipart(kContext, request);
}

void require_listing(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                     const std::string& what) {
  if (found != expected) throw Failure(what + ": " + joined(found) + " instead of " + joined(expected));
}

void require_content(std::string_view found, std::string_view expected, const std::string& what) {
  require_count(static_cast<int64_t>(found.size()), static_cast<int64_t>(expected.size()),
                "bytes of " + what);
  require(found == expected, what + " has other bytes than were written");
}

RepositoryCheck on_new_repository(const std::string& name, void (*run)(const RepositoryWords&)) {
  return {Theme::kCorrectness, name,
          [run](RepositorySubject& subject, const Effort&) { run(RepositoryWords(subject.open_new())); }};
}

RepositoryCheck with_capability(const std::string& capability, const std::string& name,
                                void (*run)(const RepositoryWords&)) {
  return {Theme::kCorrectness, name, [capability, run](RepositorySubject& subject, const Effort&) {
            require_capability(subject, capability);
            run(RepositoryWords(subject.open_new()));
          }};
}

}  // namespace millrace::conformance

#include <atomic>
#include <thread>

#include "artifacts/path_message.h"
#include "conformance/check.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

class Subject {
 public:
  explicit Subject(const RepositoryFactory& factory) : repository_(factory()) {}
  ArtifactRepository* operator->() const { return repository_.get(); }

  static v1::plugin::ArtifactPath at(const std::string& path) {
    return artifacts::path_message<v1::plugin::ArtifactPath>(path);
  }
  static v1::plugin::ArtifactRead reading(const std::string& path) {
    return artifacts::path_message<v1::plugin::ArtifactRead>(path);
  }
  static v1::plugin::ArtifactWrite writing(const std::string& path) {
    return artifacts::path_message<v1::plugin::ArtifactWrite>(path);
  }

  void put(const std::string& path, const std::string& content) const {
    const auto sink = repository_->write(kContext, writing(path));
    sink->write(content);
    sink->commit();
  }

  std::string get(const std::string& path) const {
    const auto source = repository_->read(kContext, reading(path));
    std::string content;
    std::vector<char> piece(1000);
    while (const size_t count = source->read(piece)) content.append(piece.data(), count);
    return content;
  }

  std::string list(const std::string& path) const {
    std::string names;
    const v1::plugin::ArtifactListing listing = repository_->list(kContext, at(path));
    for (const auto& file : listing.files()) {
      names += file.path() + (file.is_dir() ? "/" : ":" + std::to_string(file.file_size())) + " ";
    }
    return names;
  }

 private:
  std::shared_ptr<ArtifactRepository> repository_;
};

void files_and_folders_come_back(const RepositoryFactory& factory) {
  const Subject repository(factory);
  require(repository.list("").empty(), "a new repository is not empty");
  repository.put("root.txt", "at the root");
  repository.put("a/b/deep \xc3\xbc.txt", "deep");
  repository.put("a/empty", "");
  require(repository.get("root.txt") == "at the root", "a file at the root is lost");
  require(repository.get("a/b/deep \xc3\xbc.txt") == "deep" && repository.get("a/empty").empty(),
          "a file differs");
  require(repository.list("") == "a/ root.txt:11 ",
          "the listing of the root is wrong: " + repository.list(""));
  require(repository.list("a") == "a/b/ a/empty:0 ",
          "the listing of a folder is wrong: " + repository.list("a"));
  require(repository.list("root.txt").empty() && repository.list("none").empty(),
          "a file or nothing has children");
  require_error([&] { repository.get("none"); }, ErrorCode::kResourceDoesNotExist,
                "reading what is not there");
}

void a_file_is_replaced_whole(const RepositoryFactory& factory) {
  const Subject repository(factory);
  repository.put("f", std::string(100'000, 'o'));
  repository.put("f", "new");
  require(repository.get("f") == "new", "the older content came back");
}

void an_abandoned_write_leaves_nothing(const RepositoryFactory& factory) {
  const Subject repository(factory);
  repository.put("kept", "old");
  for (const char* path : {"kept", "folder/new"}) {
    const auto sink = repository->write(kContext, Subject::writing(path));
    sink->write("half of it");
  }
  require(repository.get("kept") == "old", "an abandoned write changed the file");
  require(repository.list("folder").empty(), "an abandoned write is visible");
}

void a_write_is_invisible_until_it_is_committed(const RepositoryFactory& factory) {
  const Subject repository(factory);
  const auto sink = repository->write(kContext, Subject::writing("f"));
  sink->write("x");
  require(repository.list("").empty(), "a file is visible before its end");
  sink->commit();
  require(repository.get("f") == "x", "a committed file is not there");
}

void removal_takes_folders_along(const RepositoryFactory& factory) {
  const Subject repository(factory);
  repository.put("a/b/c", "1");
  repository.put("a/d", "2");
  repository->remove(kContext, Subject::at("a/b"));
  require(repository.list("a") == "a/d:1 ", "removal of a folder went wrong");
  repository->remove(kContext, Subject::at("a/d"));
  repository->remove(kContext, Subject::at("none"));
  require_error([&] { repository.get("a/d"); }, ErrorCode::kResourceDoesNotExist, "reading a removed file");
}

void multipart_uploads_join(const RepositoryFactory& factory) {
  const Subject repository(factory);
  v1::plugin::MultipartBegin begin;
  begin.set_path("big");
  begin.set_part_count(3);
  const std::string id = repository->begin_multipart(kContext, begin).upload_id();
  const auto part = [&](int64_t number, const std::string& content) {
    v1::plugin::MultipartPartWrite reference;
    reference.set_upload_id(id);
    reference.set_part_number(number);
    const auto sink = repository->write_part(kContext, reference);
    sink->write(content);
    sink->commit();
  };
  part(3, "three");
  part(1, "wrong");
  part(2, "two-");
  part(1, "one-");
  require(repository.list("").empty(), "parts are visible");
  v1::plugin::MultipartComplete complete;
  complete.set_upload_id(id);
  complete.set_path("big");
  for (int64_t number = 1; number <= 3; ++number) complete.add_parts()->set_part_number(number);
  repository->complete_multipart(kContext, complete);
  require(repository.get("big") == "one-two-three", "the parts were not joined in order");
  require(repository.list("") == "big:13 ", "something is left of the parts");
}

void concurrent_writers_of_one_file_leave_one_whole(const RepositoryFactory& factory) {
  const Subject repository(factory);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] { repository.put("f", std::string(200'000, static_cast<char>('a' + i))); });
  }
  for (auto& thread : threads) thread.join();
  const std::string content = repository.get("f");
  require(content.size() == 200'000 && content.find_first_not_of(content[0]) == std::string::npos,
          "the file is a mixture of two writes");
}

}  // namespace

std::vector<Check<RepositoryFactory>> artifact_repository_checks() {
  return {
      {"files and folders come back", files_and_folders_come_back},
      {"a file is replaced whole", a_file_is_replaced_whole},
      {"an abandoned write leaves nothing", an_abandoned_write_leaves_nothing},
      {"a write is invisible until it is committed", a_write_is_invisible_until_it_is_committed},
      {"removal takes folders along", removal_takes_folders_along},
      {"multipart uploads join", multipart_uploads_join},
      {"concurrent writers of one file leave one whole", concurrent_writers_of_one_file_leave_one_whole},
  };
}

}  // namespace millrace::conformance

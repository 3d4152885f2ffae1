#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "artifacts/byte_range.h"
#include "artifacts/content_type.h"
#include "artifacts/locations.h"
#include "artifacts/path_message.h"
#include "artifacts/path_rules.h"
#include "artifacts/repositories/local/local_repository.h"
#include "base/error.h"
#include "base/ids.h"

using namespace millrace;
using namespace millrace::artifacts;

namespace {

const CallContext kContext;

v1::plugin::ArtifactPath at(const std::string& path) {
  return path_message<v1::plugin::ArtifactPath>(path);
}
v1::plugin::ArtifactRead reading(const std::string& path) {
  return path_message<v1::plugin::ArtifactRead>(path);
}
v1::plugin::ArtifactWrite writing(const std::string& path) {
  return path_message<v1::plugin::ArtifactWrite>(path);
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path(std::filesystem::temp_directory_path() / ("millrace-art-" + random_token(12))) {
    std::filesystem::create_directory(path);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path;
};

}  // namespace

TEST_CASE("paths of artifacts are relative, and redundant parts are dropped") {
  CHECK(checked_path("").empty());
  CHECK(checked_path("a/b.txt") == "a/b.txt");
  CHECK(checked_path("a//./b/") == "a/b");
  CHECK(checked_path("...") == "...");
  CHECK(checked_path("100% sure/\xc3\xbc") == "100% sure/\xc3\xbc");
  CHECK(join_path("", "x") == "x");
  CHECK(join_path("a", "") == "a");
}

TEST_CASE("paths that lead elsewhere in any encoding are refused") {
  for (const char* path : {"..",
                           "../x",
                           "a/../../x",
                           "a/..",
                           "/etc/passwd",
                           "%2e%2e/x",
                           "%252e%252e/x",
                           "%25252e./x",
                           "..%2fx",
                           "a%2f..%2f..%2fx",
                           "..\\x",
                           "a\\b",
                           "%5c..",
                           "c:/x",
                           "C:x",
                           "~root",
                           "file:///etc",
                           "a#b",
                           "a\nb",
                           "%0a",
                           "%00",
                           "\xc0\xae\xc0\xae/x",
                           "\xff",
                           ".millrace-x",
                           "a/.millrace-upload-1/b"}) {
    CAPTURE(std::string(path));
    CHECK_THROWS_WITH(checked_path(path), "Invalid path");
  }
  CHECK_THROWS_AS(checked_path(std::string(5000, 'a')), Error);
  CHECK_THROWS_AS(checked_path(std::string(300, 'a')), Error);
  CHECK_THROWS_AS(checked_file_path("folder/"), Error);
  CHECK_THROWS_AS(checked_file_path(""), Error);
}

TEST_CASE("ranges are read as RFC 9110 says") {
  using Kind = ByteRange::Kind;
  const auto is = [](std::string_view header, uint64_t size, Kind kind, uint64_t first, uint64_t length) {
    const ByteRange range = parse_range(header, size);
    return range.kind == kind && (kind != Kind::kPart || (range.first == first && range.length == length));
  };
  CHECK(is("bytes=0-9", 100, Kind::kPart, 0, 10));
  CHECK(is("bytes=90-", 100, Kind::kPart, 90, 10));
  CHECK(is("bytes=-10", 100, Kind::kPart, 90, 10));
  CHECK(is("bytes=-500", 100, Kind::kPart, 0, 100));
  CHECK(is("bytes=90-500", 100, Kind::kPart, 90, 10));
  CHECK(is("bytes=100-", 100, Kind::kUnsatisfiable, 0, 0));
  CHECK(is("bytes=-0", 100, Kind::kUnsatisfiable, 0, 0));
  CHECK(is("bytes=-5", 0, Kind::kUnsatisfiable, 0, 0));
  for (const char* header : {"", "items=0-9", "bytes=", "bytes=-", "bytes=9-0", "bytes=a-b", "bytes=0-1,5-6",
                             "bytes=99999999999999999999-"}) {
    CAPTURE(std::string(header));
    CHECK(is(header, 100, Kind::kWhole, 0, 0));
  }
}

TEST_CASE("a part of a file is that part, read or sent") {
  const TemporaryFolder folder;
  LocalRepository repository(folder.path.string());
  const auto sink = repository.write(kContext, writing("f"));
  sink->write("0123456789");
  sink->commit();
  const auto part = part_of(repository.read(kContext, reading("f")), {ByteRange::Kind::kPart, 3, 4});
  CHECK(part->file_region()->offset == 3);
  CHECK(part->file_region()->length == 4);
  CHECK(part->remaining() == 4);
  char buffer[20];
  CHECK(part->read(buffer) == 4);
  CHECK(std::string_view(buffer, 4) == "3456");
  CHECK(part->read(buffer) == 0);
}

TEST_CASE("symbolic links are followed inside of the root and never out of it") {
  const TemporaryFolder folder;
  const auto root = folder.path / "root";
  std::filesystem::create_directories(root / "inside");
  std::ofstream(folder.path / "secret") << "secret";
  std::ofstream(root / "inside" / "file") << "fine";
  std::filesystem::create_symlink(folder.path, root / "out");
  std::filesystem::create_symlink(folder.path / "secret", root / "out-file");
  std::filesystem::create_symlink("inside", root / "in");
  LocalRepository repository(root.string());
  char buffer[10];
  const auto listing = repository.list(kContext, at(""));
  REQUIRE(listing.files_size() == 2);
  CHECK((listing.files(0).path() == "in" && listing.files(0).is_dir()));
  CHECK(listing.files(1).path() == "inside");
  CHECK(repository.read(kContext, reading("in/file"))->read(buffer) == 4);
  CHECK_THROWS_AS(repository.read(kContext, reading("out/secret")), Error);
  CHECK_THROWS_AS(repository.read(kContext, reading("out-file")), Error);
  CHECK_THROWS_AS(repository.write(kContext, writing("out/new")), Error);
  CHECK_THROWS_AS(repository.list(kContext, at("out")), Error);
  repository.remove(kContext, at("out"));
  CHECK(std::filesystem::exists(folder.path / "secret"));
}

TEST_CASE("what stands in the way is told") {
  const TemporaryFolder folder;
  LocalRepository repository(folder.path.string());
  std::filesystem::create_directories(folder.path / "directory");
  std::ofstream(folder.path / "file") << "x";
  CHECK_THROWS_AS(repository.write(kContext, writing("file/below")), Error);
  CHECK_THROWS_AS(repository.read(kContext, reading("directory")), Error);
  const auto sink = repository.write(kContext, writing("directory"));
  CHECK_THROWS_AS(sink->commit(), Error);
  CHECK_THROWS_AS(LocalRepository("/proc/nothing").write(kContext, writing("x")), Error);
}

TEST_CASE("artifact URIs lead to repositories and unknown schemes list the known ones") {
  const TemporaryFolder folder;
  RepositoryRegistry registry;
  add_built_in_repositories(registry);
  CHECK_THROWS_AS(add_built_in_repositories(registry), Error);
  const ArtifactLocations locations(registry, {true, folder.path.string()});
  CHECK(locations.resolve("mlflow-artifacts:/1/r/artifacts", "a").path == "1/r/artifacts/a");
  CHECK(locations.resolve("mlflow-artifacts://host:5000/1/r", "a").path == "1/r/a");
  CHECK(locations.resolve("http://h/api/2.0/mlflow-artifacts/artifacts/1/r", "a").path == "1/r/a");
  CHECK(locations.resolve("/some/where", "a").path == "a");
  CHECK_THROWS_AS(locations.resolve("mlflow-artifacts:/../x", "a"), Error);
  CHECK_THROWS_AS(locations.resolve("http://elsewhere/x", "a"), Error);
  CHECK_THROWS_WITH(
      registry.open("s3://bucket/x"),
      "No artifact repository is registered for the scheme 's3'. Known are: plain paths, file:.");
  const ArtifactLocations off(registry, {false, ""});
  CHECK_THROWS_AS(off.destination(), Error);
}

TEST_CASE("files are told their type and saved under their name") {
  CHECK(content_type_for("a.JSON") == "application/json");
  CHECK(content_type_for("MLmodel") == "text/plain");
  CHECK(content_type_for("x.js") == "text/plain");
  CHECK(content_type_for("x.unknown") == "application/octet-stream");
  CHECK(attachment_disposition("a \"b\".txt") == "attachment; filename=\"a \\\"b\\\".txt\"");
  CHECK(attachment_disposition("\xc3\xbc.txt") ==
        "attachment; filename=\".txt\"; filename*=UTF-8''%C3%BC.txt");
}

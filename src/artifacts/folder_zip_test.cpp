#include "artifacts/folder_zip.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <map>

#include "artifacts/path_message.h"
#include "artifacts/repositories/local/local_repository.h"
#include "base/error.h"
#include "base/ids.h"

using namespace millrace;
using namespace millrace::artifacts;

namespace {

const CallContext kContext;

class Folder {
 public:
  Folder() : path(std::filesystem::temp_directory_path() / ("millrace-zip-" + random_token(12))) {
    std::filesystem::create_directory(path);
    repository = std::make_shared<LocalRepository>(path.string());
  }
  ~Folder() { std::filesystem::remove_all(path); }

  void put(const std::string& name, std::string_view content) const {
    auto sink = repository->write(kContext, path_message<v1::plugin::ArtifactWrite>(name));
    sink->write(content);
    sink->commit();
  }

  std::unique_ptr<ByteSource> zip(const std::string& below, ZipLimits limits = {}) const {
    return zip_of_folder(kContext, {repository, below}, below, limits);
  }

  const std::filesystem::path path;
  std::shared_ptr<ArtifactRepository> repository;
};

// As many bytes as were promised, or a fault in place of the last.
class Noise : public ByteSource {
 public:
  Noise(size_t size, bool fails, size_t* taken) : left_(size), fails_(fails), taken_(taken) {}

  size_t read(std::span<char> buffer) override {
    const size_t size = std::min(buffer.size(), left_);
    if (fails_ && size == left_) throw Error(ErrorCode::kTemporarilyUnavailable, "The storage went away.");
    for (size_t i = 0; i < size; ++i)
      buffer[i] = static_cast<char>((state_ = state_ * 1664525 + 1013904223) >> 24);
    left_ -= size;
    *taken_ += size;
    return size;
  }

 private:
  size_t left_;
  bool fails_;
  size_t* taken_;
  uint32_t state_ = 1;
};

// Lists what it was told to, under any path, as a careless or hostile plugin might.
class ScriptedRepository : public ArtifactRepository {
 public:
  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    const auto found = folders.find(request.path());
    v1::plugin::ArtifactListing listing;
    for (const auto& [path, is_dir] : found == folders.end() ? everywhere : found->second) {
      v1::FileInfo& file = *listing.add_files();
      file.set_path(path);
      file.set_is_dir(is_dir);
    }
    return listing;
  }
  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead& request) override {
    asked.push_back(request.path());
    return std::make_unique<Noise>(size, fails, &taken);
  }
  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite&) override {
    return nullptr;
  }
  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath&) override {
    return {};
  }

  using List = std::vector<std::pair<std::string, bool>>;
  std::map<std::string, List> folders;
  List everywhere;
  size_t size = 10;
  bool fails = false;
  size_t taken = 0;
  std::vector<std::string> asked;
};

// In pieces that fit nothing that is written.
std::string all_of(ByteSource& source) {
  std::string bytes;
  std::array<char, 7> piece{};
  for (size_t size = source.read(piece); size > 0; size = source.read(piece))
    bytes.append(piece.data(), size);
  return bytes;
}

uint64_t number_at(const std::string& bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i)
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return value;
}

std::string inflated(const std::string& bytes, size_t at, size_t compressed, size_t size) {
  std::string result(size + 1, '\0');
  z_stream z{};
  REQUIRE(inflateInit2(&z, -15) == Z_OK);
  std::string in = bytes.substr(at, compressed);
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(result.data());
  z.avail_out = static_cast<uInt>(result.size());
  CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
  result.resize(z.total_out);
  inflateEnd(&z);
  return result;
}

using Files = std::vector<std::pair<std::string, std::string>>;

// Names and contents by the directory at the end, in its order, which is checked against what it points to.
Files unzipped(const std::string& bytes) {
  const size_t end = bytes.rfind("PK\x05\x06");
  REQUIRE(end != std::string::npos);
  Files files;
  size_t at = number_at(bytes, end + 16, 4);
  for (uint64_t left = number_at(bytes, end + 10, 2); left > 0; --left) {
    REQUIRE(bytes.compare(at, 4, "PK\x01\x02") == 0);
    const size_t name_size = number_at(bytes, at + 28, 2);
    const std::string name = bytes.substr(at + 46, name_size);
    const size_t offset = number_at(bytes, at + 42, 4);
    const bool is_utf8 = (number_at(bytes, at + 8, 2) & 0x0800) != 0;
    CHECK(is_utf8 == std::any_of(name.begin(), name.end(), [](char c) { return c < 0; }));
    REQUIRE(bytes.compare(offset, 4, "PK\x03\x04") == 0);
    CHECK(bytes.substr(offset + 30, name_size) == name);
    const size_t data = offset + 30 + name_size + number_at(bytes, offset + 28, 2);
    std::string content;
    if (!name.ends_with('/')) {
      content = inflated(bytes, data, number_at(bytes, at + 20, 4), number_at(bytes, at + 24, 4));
      CHECK(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())) ==
            number_at(bytes, at + 16, 4));
    }
    files.emplace_back(name, content);
    at += 46 + name_size + number_at(bytes, at + 30, 2);
  }
  return files;
}

}  // namespace

TEST_CASE("a folder comes as a ZIP file with all below it") {
  const Folder folder;
  const std::string large(300'000, 'x');
  folder.put("model/MLmodel", "flavors");
  folder.put("model/data/deep/weights.bin", large);
  folder.put("model/data/empty", "");
  folder.put("model/\xc3\xbc name.txt", "hello");
  folder.put("other.txt", "not in it");
  const auto zip = folder.zip("model");
  CHECK(zip->file_name() == "model.zip");
  CHECK_FALSE(zip->remaining().has_value());
  const std::string bytes = all_of(*zip);
  CHECK(unzipped(bytes) == Files{{"model/MLmodel", "flavors"},
                                 {"model/data/", ""},
                                 {"model/data/deep/", ""},
                                 {"model/data/deep/weights.bin", large},
                                 {"model/data/empty", ""},
                                 {"model/\xc3\xbc name.txt", "hello"}});
  CHECK(bytes.size() < large.size() / 10);
}

TEST_CASE("the ZIP file of a whole root has no folder around it, and keeps empty folders") {
  const Folder folder;
  folder.put("a.txt", "a");
  std::filesystem::create_directory(folder.path / "empty");
  const auto zip = folder.zip("");
  CHECK(zip->file_name() == "artifacts.zip");
  CHECK(unzipped(all_of(*zip)) == Files{{"a.txt", "a"}, {"empty/", ""}});
}

TEST_CASE("a folder without files is none, and limits are told") {
  const Folder folder;
  CHECK_THROWS_WITH(folder.zip(""), "There are no artifacts.");
  CHECK_THROWS_WITH(folder.zip("nowhere"), "There is no folder 'nowhere' with files.");
  folder.put("a/b/c/d.txt", "x");
  ZipLimits shallow;
  shallow.depth = 2;
  const auto deep = folder.zip("a", shallow);
  CHECK_THROWS_WITH(all_of(*deep), "The folders are nested too deeply for a ZIP file.");
  ZipLimits few;
  few.name_bytes = 10;
  const auto many = folder.zip("a", few);
  CHECK_THROWS_WITH(all_of(*many), "The folder has too many files for one ZIP file.");
}

TEST_CASE("links that lead out of the root do not get into a ZIP file") {
  const Folder folder;
  folder.put("a/x.txt", "x");
  std::filesystem::create_directory_symlink("/etc", folder.path / "a/etc");
  std::filesystem::create_symlink("/etc/passwd", folder.path / "a/passwd");
  const auto zip = folder.zip("a");
  const Files files = unzipped(all_of(*zip));
  CHECK(files == Files{{"a/x.txt", "x"}});
}

TEST_CASE("what is removed while the ZIP file is made is left out") {
  const Folder folder;
  folder.put("a/1.txt", "first");
  folder.put("a/2.txt", "second");
  folder.put("a/3/deep.txt", "third");
  const auto zip = folder.zip("a");
  std::filesystem::remove(folder.path / "a/2.txt");
  std::filesystem::remove_all(folder.path / "a/3");
  CHECK(unzipped(all_of(*zip)) == Files{{"a/1.txt", "first"}, {"a/3/", ""}});
}

TEST_CASE("no entry of a ZIP file lies outside of its folder, whatever a repository lists") {
  const auto repository = std::make_shared<ScriptedRepository>();
  repository->folders["in"] = {{"/etc/passwd", false}, {"in/../../up.txt", false}, {"elsewhere/x", false}};
  const auto zip = zip_of_folder(kContext, {repository, "in"}, "in");
  std::vector<std::string> names;
  for (const auto& [name, content] : unzipped(all_of(*zip))) names.push_back(name);
  CHECK(names == std::vector<std::string>{"in/passwd", "in/up.txt", "in/x"});
  CHECK(repository->asked == names);

  for (const char* name : {"..", "a/..", "a/", "C:\\x", "%2e%2e", "line\nbreak", "\xff"}) {
    CAPTURE(name);
    repository->folders["in"] = {{name, false}};
    const auto refused = zip_of_folder(kContext, {repository, "in"}, "in");
    CHECK_THROWS_WITH(all_of(*refused), "Invalid path");
  }
}

TEST_CASE("a repository that lists folders in folders without end is left at a limit") {
  const auto repository = std::make_shared<ScriptedRepository>();
  repository->everywhere = {{"again", true}};
  const auto zip = zip_of_folder(kContext, {repository, ""}, "");
  CHECK_THROWS_WITH(all_of(*zip), "The folders are nested too deeply for a ZIP file.");
}

TEST_CASE("a fault in the middle of a file is told, and what came until then is no ZIP file") {
  const auto repository = std::make_shared<ScriptedRepository>();
  repository->folders[""] = {{"large.bin", false}};
  repository->size = 1'000'000;
  repository->fails = true;
  std::string bytes;
  {
    const auto zip = zip_of_folder(kContext, {repository, ""}, "");
    std::array<char, 4096> piece{};
    const auto read_all = [&] {
      for (size_t size = zip->read(piece); size > 0; size = zip->read(piece))
        bytes.append(piece.data(), size);
    };
    CHECK_THROWS_WITH(read_all(), "The storage went away.");
  }
  CHECK(bytes.size() > 800'000);
  CHECK(bytes.find("PK\x05\x06") == std::string::npos);
}

TEST_CASE("no more is read than what is asked for, so that an aborted download ends the reading") {
  const auto repository = std::make_shared<ScriptedRepository>();
  repository->folders[""] = {{"large.bin", false}};
  repository->size = 100'000'000;
  const auto zip = zip_of_folder(kContext, {repository, ""}, "");
  std::array<char, 1000> piece{};
  size_t got = 0;
  while (got < 1'000'000) got += zip->read(piece);
  CHECK(repository->taken < 1'300'000);
}

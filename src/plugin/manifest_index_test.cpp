#include "plugin/manifest_index.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <thread>

#include "plugin/discovery.h"
#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace fs = std::filesystem;

namespace {

FileStamp old_stamp(uint64_t inode = 1) {
  return {1, inode, 100, 1'000'000'000, 1'000'000'000};
}

ManifestSummary summary(const std::string& id = "acme") {
  ManifestSummary acme;
  acme.folder = "/p/" + id;
  acme.id = id;
  acme.version = "1.0.0";
  acme.protocol = {1, 0};
  acme.provides = {{Kind::kArtifactRepository, {"oss", "xet"}, {"multipart"}},
                   {Kind::kServerApp, {"app"}, {}}};
  return acme;
}

fs::path write_index(const TestFolder& folder) {
  ManifestIndex index = ManifestIndex::read(folder / "cache/index");
  index.add("/p/acme/plugin.toml", old_stamp(), summary());
  index.save();
  return folder / "cache/index";
}

bool knows_acme(const fs::path& file) {
  return ManifestIndex::read(file).find("/p/acme/plugin.toml", old_stamp()) != nullptr;
}

}  // namespace

TEST_CASE("the index gives back what was added, for the same stamp only") {
  const TestFolder folder;
  const ManifestIndex index = ManifestIndex::read(write_index(folder));
  const ManifestSummary* found = index.find("/p/acme/plugin.toml", old_stamp());
  REQUIRE(found != nullptr);
  CHECK(found->folder == "/p/acme");
  CHECK(found->id == "acme");
  CHECK(found->protocol.major == 1);
  REQUIRE(found->provides.size() == 2);
  CHECK(found->provides[0].names == std::vector<std::string>{"oss", "xet"});
  CHECK(found->provides[0].capabilities == std::vector<std::string>{"multipart"});
  CHECK(found->provides[1].kind == Kind::kServerApp);
  CHECK(index.find("/p/acme/plugin.toml", old_stamp(2)) == nullptr);
  CHECK(index.find("/p/other/plugin.toml", old_stamp()) == nullptr);
}

TEST_CASE("a manifest that changed just now is not remembered") {
  const TestFolder folder;
  const fs::path manifest = folder.write("plugin.toml", "");
  ManifestIndex index = ManifestIndex::read(folder / "index");
  index.add(manifest, *stamp_of(manifest), summary());
  CHECK(index.find(manifest, *stamp_of(manifest)) == nullptr);
}

TEST_CASE("a damaged index, cut or changed anywhere, counts as empty") {
  const TestFolder folder;
  const fs::path file = write_index(folder);
  const std::string sound = folder.read("cache/index");
  REQUIRE(knows_acme(file));
  for (size_t i = 0; i < sound.size(); ++i) {
    folder.write("cache/index", sound.substr(0, i));
    CHECK_FALSE(knows_acme(file));
    std::string changed = sound;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    folder.write("cache/index", changed);
    CHECK_FALSE(knows_acme(file));
  }
}

TEST_CASE("an index that others may write, or that is a link, is not trusted") {
  const TestFolder folder;
  const fs::path file = write_index(folder);
  fs::create_symlink(file, folder / "link");
  CHECK_FALSE(knows_acme(folder / "link"));
  chmod(file.c_str(), 0666);
  CHECK_FALSE(knows_acme(file));
}

TEST_CASE("an index that cannot be written is no fault") {
  ManifestIndex index = ManifestIndex::read("/proc/no/such/index");
  index.add("/p/acme/plugin.toml", old_stamp(), summary());
  index.save();
  CHECK(index.find("/p/acme/plugin.toml", old_stamp()) != nullptr);
}

TEST_CASE("many writers and readers at once see a sound index or none") {
  const TestFolder folder;
  const fs::path file = folder / "index";
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string id = "plugin-" + std::to_string(t);
      for (int i = 0; i < 50; ++i) {
        ManifestIndex index = ManifestIndex::read(file);
        const ManifestSummary* found = index.find("/p/" + id, old_stamp());
        if (found != nullptr && found->id != id) ++wrong;
        index.add("/p/" + id, old_stamp(), summary(id));
        index.save();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("discovery notices a manifest that changed after it was indexed") {
  const TestFolder folder;
  const fs::path manifest = folder.write("p/acme/plugin.toml", manifest_text("acme", "\"oss\""));
  // Old enough to be remembered: the change time cannot be set, so that of the stamp is told to be old.
  ManifestIndex index = ManifestIndex::read(folder / "index");
  FileStamp stamp = *stamp_of(manifest);
  stamp.changed = stamp.modified = 0;
  index.add(manifest, stamp, summary());
  const auto found = discover({folder / "p"}, index);
  REQUIRE(found.size() == 1);
  CHECK(found[0].summary.provides[0].names == std::vector<std::string>{"oss"});
}

TEST_CASE("discovery takes what the index knows without reading the manifest") {
  const TestFolder folder;
  const fs::path manifest = folder.write("p/acme/plugin.toml", "no manifest at all");
  const timespec old[2] = {{1, 0}, {1, 0}};
  REQUIRE(utimensat(AT_FDCWD, manifest.c_str(), old, 0) == 0);
  // The change time is now; the test waits until it is old enough.
  const FileStamp stamp = *stamp_of(manifest);
  ManifestIndex index = ManifestIndex::read(folder / "index");
  while (index.find(manifest, stamp) == nullptr) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    index.add(manifest, stamp, summary());
  }
  index.save();
  ManifestIndex again = ManifestIndex::read(folder / "index");
  const auto found = discover({folder / "p"}, again);
  REQUIRE(found.size() == 1);
  CHECK(found[0].fault.empty());
  CHECK(found[0].summary.id == "acme");
}

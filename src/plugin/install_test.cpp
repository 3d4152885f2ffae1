#include "plugin/install.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <thread>

#include "plugin/archive.h"
#include "plugin/digest.h"
#include "plugin/download.h"
#include "plugin/install_root.h"
#include "plugin/lock.h"
#include "plugin/signature.h"
#include "plugin/test_folder.h"
#include "plugin/test_key.h"
#include "plugin/verification.h"

using namespace millrace;
using namespace millrace::plugin;

namespace fs = std::filesystem;

namespace {

// A folder with the source of a plugin, an archive of it and a root to install into.
struct Workshop {
  TestFolder folder;
  fs::path root = folder / "root";

  fs::path pack(const std::string& version = "1.0.0", const std::string& content = "run",
                bool sign_it = false, const std::string& protocol = "1.0") {
    folder.write("in/plugin.toml", manifest_text("acme", "\"oss\"", version, protocol));
    chmod(folder.write("in/run", content).c_str(), 0755);
    std::string signature;
    if (sign_it) {
      signature =
          sign(lock_folder(folder / "in").to_text(), folder.write("key.pem", kTestPrivateKey)).to_text();
    }
    pack_folder(folder / "in", signature, folder / "acme.mrp");
    return folder / "acme.mrp";
  }

  Installed install(const fs::path& archive, const Policy& policy = {}, bool force = false) {
    return install_archive(archive, root, policy, {"", force});
  }

  Verification verify(const Policy& policy = {}) { return verify_plugin(root / "acme", policy); }

  // What stands in the root beside the plugin's folder and the lock.
  size_t leftovers() {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(root)) {
      if (entry.path().filename() != "acme" && entry.path().filename() != kLockName) ++count;
    }
    return count;
  }
};

Policy signatures_required() {
  Policy policy;
  policy.trusted_keys = {kTestPublicKey};
  policy.require_signature = true;
  return policy;
}

}  // namespace

TEST_CASE("a plugin is installed with its lock and removed with it") {
  Workshop shop;
  const Installed installed = shop.install(shop.pack());
  CHECK(installed.folder == shop.root / "acme");
  CHECK(installed.replaced.empty());
  CHECK((fs::status(shop.root / "acme/run").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK((fs::status(shop.root / "acme").permissions() & fs::perms::others_exec) != fs::perms::none);
  CHECK(read_lock_file(shop.root).at("acme").to_text() == lock_folder(shop.folder / "in").to_text());
  CHECK(shop.verify().passed());
  CHECK(shop.leftovers() == 0);
  remove_plugin("acme", shop.root);
  CHECK_FALSE(fs::exists(shop.root / "acme"));
  CHECK(read_lock_file(shop.root).empty());
  CHECK(shop.leftovers() == 0);
  CHECK(code_of([&] { remove_plugin("acme", shop.root); }) == "RESOURCE_DOES_NOT_EXIST");
  CHECK(code_of([&] { remove_plugin("../in", shop.root); }) == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("another version or changed files are replaced with force only; the same files are no matter") {
  Workshop shop;
  shop.install(shop.pack("1.0.0"));
  CHECK(shop.install(shop.pack("1.0.0")).unchanged);
  CHECK(code_of([&] { shop.install(shop.pack("1.1.0")); }) == "RESOURCE_ALREADY_EXISTS");
  CHECK(code_of([&] { shop.install(shop.pack("1.0.0", "other")); }) == "RESOURCE_ALREADY_EXISTS");
  CHECK(shop.folder.read("root/acme/run") == "run");
  const Installed replaced = shop.install(shop.pack("1.1.0", "newer"), {}, true);
  CHECK(replaced.replaced == "1.0.0");
  CHECK(shop.folder.read("root/acme/run") == "newer");
  CHECK(shop.verify().passed());
  CHECK(shop.leftovers() == 0);
}

TEST_CASE("a plugin whose folder was damaged is replaced with force") {
  Workshop shop;
  const fs::path archive = shop.pack();
  shop.install(archive);
  shop.folder.write("root/acme/plugin.toml", "damaged");
  CHECK(code_of([&] { shop.install(archive); }) == "RESOURCE_ALREADY_EXISTS");
  shop.install(archive, {}, true);
  CHECK(shop.verify().passed());
}

TEST_CASE("a refused archive leaves what was installed and nothing else") {
  Workshop shop;
  shop.install(shop.pack());
  Policy others;
  others.allow = {"other"};
  CHECK(code_of([&] { shop.install(shop.pack("2.0.0"), others, true); }) == "PERMISSION_DENIED");
  CHECK(contains(message_of([&] { shop.install(shop.pack("2.0.0", "x", false, "2.0"), {}, true); }),
                 "needs plugin protocol 2.0, this host speaks 1.0"));
  CHECK(code_of([&] {
          install_archive(shop.pack("2.0.0"), shop.root, {}, {std::string(64, '0'), true});
        }) == "INVALID_PARAMETER_VALUE");
  CHECK(code_of([&] { shop.install(shop.pack("2.0.0"), signatures_required(), true); }) ==
        "PERMISSION_DENIED");
  shop.folder.write("bad/plugin.toml", "[plugin]\nprotocol = \"1.0\"\nid = 1\n");
  pack_folder(shop.folder / "bad", "", shop.folder / "bad.mrp");
  const std::string fault = message_of([&] { shop.install(shop.folder / "bad.mrp"); });
  CAPTURE(fault);
  CHECK(contains(fault, "plugin.toml:3:6: 'id' must be"));
  shop.folder.write("none/readme", "");
  pack_folder(shop.folder / "none", "", shop.folder / "none.mrp");
  CHECK(code_of([&] { shop.install(shop.folder / "none.mrp"); }) == "RESOURCE_DOES_NOT_EXIST");
  CHECK(shop.folder.read("root/acme/run") == "run");
  CHECK(shop.verify().passed());
  CHECK(shop.leftovers() == 0);
}

TEST_CASE("an archive of the given hash is installed") {
  Workshop shop;
  const fs::path archive = shop.pack();
  CHECK(install_archive(archive, shop.root, {}, {sha256_of_file(archive), false}).id == "acme");
}

TEST_CASE("verification names every file that differs from the lock") {
  Workshop shop;
  shop.install(shop.pack());
  shop.folder.write("root/acme/run", "RUN");
  CHECK(shop.verify().faults == std::vector<std::string>{"'run' was changed"});
  chmod((shop.root / "acme/run").c_str(), 0644);
  shop.folder.write("root/acme/run", "run");
  CHECK(shop.verify().faults == std::vector<std::string>{"'run' was made not executable"});
  fs::remove(shop.root / "acme/run");
  shop.folder.write("root/acme/sub/added", "");
  CHECK(shop.verify().faults == std::vector<std::string>{"'run' is missing", "'sub/added' was added"});
  fs::create_symlink("/etc/passwd", shop.root / "acme/link");
  CHECK(contains(shop.verify().faults.at(0), "'link' is neither a regular file nor a folder"));
}

TEST_CASE("a changed manifest, a lost folder and a damaged lock are faults") {
  Workshop shop;
  shop.install(shop.pack());
  shop.folder.write("root/acme/plugin.toml", manifest_text("evil", "\"oss\""));
  CHECK_FALSE(shop.verify().passed());
  CHECK(shop.verify().locked);
  fs::remove_all(shop.root / "acme");
  const auto missing = find_missing_plugins(shop.root);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].faults.at(0) == "the folder is missing");
  shop.install(shop.pack());
  const std::string lock = shop.folder.read("root/plugin.lock");
  for (const std::string& damaged : {std::string(), std::string("x\n"), lock.substr(0, lock.size() - 1),
                                     lock + "plugin acme 1.0.0\n", lock + "garbage\n"}) {
    CAPTURE(damaged);
    shop.folder.write("root/plugin.lock", damaged);
    CHECK(contains(shop.verify().faults.at(0), "The lock is damaged"));
    CHECK_FALSE(shop.verify().passed());
  }
  CHECK(code_of([&] { shop.install(shop.pack()); }) == "INVALID_PARAMETER_VALUE");
  shop.install(shop.pack(), {}, true);
  CHECK(shop.verify().passed());
}

TEST_CASE("where nothing vouches for a plugin it does not pass") {
  Workshop shop;
  shop.folder.write("root/acme/plugin.toml", manifest_text("acme", "\"oss\""));
  CHECK(contains(shop.verify().faults.at(0), "nothing vouches for its files"));
}

TEST_CASE(
    "a signature of a trusted key vouches for a plugin, of an unknown one only where none is required") {
  Workshop shop;
  const Installed installed = shop.install(shop.pack("1.0.0", "run", true), signatures_required());
  CHECK(installed.trusted);
  CHECK(shop.verify(signatures_required()).passed());
  fs::remove(shop.root / kLockName);
  CHECK(shop.verify(signatures_required()).passed());
  CHECK_FALSE(shop.verify().passed());
  Policy others = signatures_required();
  others.trusted_keys = {"PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="};
  CHECK(contains(shop.verify(others).faults.at(0), "the key that signed it is not in 'trusted-keys'"));
  CHECK(code_of([&] { shop.install(shop.pack("1.0.0", "run", true), others); }) == "PERMISSION_DENIED");
  CHECK(shop.install(shop.pack("1.0.0", "run", true)).is_signed);
}

TEST_CASE("a signature that does not fit is refused at installation and found by verification") {
  Workshop shop;
  shop.install(shop.pack("1.0.0", "run", true));
  const std::string signature = shop.folder.read("root/acme/plugin.sig");
  shop.pack("1.0.0", "other");
  pack_folder(shop.folder / "in", signature, shop.folder / "forged.mrp");
  CHECK(contains(message_of([&] { shop.install(shop.folder / "forged.mrp", {}, true); }),
                 "does not sign its files"));
  shop.folder.write("root/acme/run", "evil");
  CHECK(shop.verify().faults ==
        std::vector<std::string>{"'run' was changed", "'plugin.sig' does not sign these files"});
  shop.folder.write("root/acme/run", "run");
  shop.folder.write("root/acme/plugin.sig", "garbage");
  CHECK(contains(shop.verify().faults.at(0), "is no signature"));
  fs::remove(shop.root / "acme/plugin.sig");
  CHECK(contains(shop.verify(signatures_required()).faults.at(0), "it is not signed"));
}

TEST_CASE("what an interrupted installation left is removed by the next one, and never seen") {
  Workshop shop;
  shop.folder.write("root/.installing-old/plugin/plugin.toml", manifest_text("acme", "\"oss\""));
  shop.install(shop.pack());
  CHECK(shop.leftovers() == 0);
}

TEST_CASE("installations at once leave one sound plugin") {
  Workshop shop;
  const fs::path archive = shop.pack();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { shop.install(archive, {}, true); });
  for (std::thread& thread : threads) thread.join();
  CHECK(shop.verify().passed());
  CHECK(shop.leftovers() == 0);
}

TEST_CASE("downloads need https and a hash, and tell nothing of the URL but host and path") {
  Workshop shop;
  const std::string hash(64, 'a');
  const auto fault = [&](const std::string& url, const std::string& sha256) {
    return message_of([&] { install_url(url, shop.root, {}, {sha256, false}); });
  };
  CHECK(contains(fault("http://127.0.0.1/a.mrp", hash), "https: URLs only"));
  CHECK(contains(fault("file:///etc/passwd", hash), "https: URLs only"));
  CHECK(contains(fault("https://127.0.0.1/a.mrp", ""), "--sha256"));
  CHECK(contains(fault("https://127.0.0.1/a.mrp", "ABC"), "--sha256"));
  const std::string message = fault("https://u:hunter2@127.0.0.1:1/a.mrp?token=hunter2", hash);
  CHECK(contains(message, "Cannot download 'https://127.0.0.1:1/a.mrp': "));
  CHECK_FALSE(contains(message, "hunter2"));
  CHECK(shop.leftovers() == 0);
}

TEST_CASE("URLs are told from file names") {
  CHECK(is_url("https://host/a.mrp"));
  CHECK(is_url("ftp://host/a.mrp"));
  CHECK_FALSE(is_url("./a.mrp"));
  CHECK_FALSE(is_url("acme-1.0.0.mrp"));
}

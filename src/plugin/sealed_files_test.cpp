#include "plugin/sealed_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "plugin/lock.h"
#include "plugin/signature.h"
#include "plugin/test_folder.h"
#include "plugin/test_key.h"

using namespace millrace::plugin;

namespace fs = std::filesystem;

namespace {

// A plugin in a folder, locked or not, and a cache.
struct Workshop {
  TestFolder folder;
  fs::path plugin = folder / "plugins/acme";

  Workshop() {
    folder.write("plugins/acme/plugin.toml", manifest_text("acme", "\"oss\""));
    folder.write("plugins/acme/run", "echo");
  }
  void lock() { write_lock_file(folder / "plugins", {{"acme", lock_folder(plugin)}}); }
  void sign_it() {
    const auto text = lock_folder(plugin).to_text();
    folder.write("plugins/acme/plugin.sig", sign(text, folder.write("key.pem", kTestPrivateKey)).to_text());
  }
  std::string check(const Policy& policy = {}) {
    SealedFiles files(policy, environment_of({{"XDG_CACHE_HOME", (folder / "cache").string()}}));
    return message_of([&] { files.check("acme", plugin); });
  }
};

Policy signatures_required() {
  Policy policy;
  policy.trusted_keys = {kTestPublicKey};
  policy.require_signature = true;
  return policy;
}

}  // namespace

TEST_CASE("a plugin that nobody locked or signed runs, unless signatures are required") {
  Workshop shop;
  CHECK(shop.check() == "no error");
  CHECK(contains(shop.check(signatures_required()), "it is not signed, and 'require-signature' is on"));
}

TEST_CASE("a changed file of a locked plugin is named with the command that tells more") {
  Workshop shop;
  shop.lock();
  CHECK(shop.check() == "no error");
  shop.folder.write("plugins/acme/run", "evil");
  const std::string told = shop.check();
  CHECK(contains(told, "'run' was changed"));
  CHECK(contains(told, "`millrace plugin verify acme`"));
  CHECK(code_of([&] { SealedFiles({}, environment_of({})).check("acme", shop.plugin); }) ==
        "PERMISSION_DENIED");
}

TEST_CASE("an added file of a locked plugin is refused too") {
  Workshop shop;
  shop.lock();
  shop.folder.write("plugins/acme/__pycache__/run.pyc", "evil");
  CHECK(contains(shop.check(), "'__pycache__/run.pyc' was added"));
}

TEST_CASE("a signed plugin runs where signatures are required, and not when a file was changed after that") {
  Workshop shop;
  shop.sign_it();
  CHECK(shop.check(signatures_required()) == "no error");
  shop.folder.write("plugins/acme/run", "evil");
  CHECK(contains(shop.check(signatures_required()), "does not sign these files"));
  CHECK(contains(shop.check(), "does not sign these files"));
}

TEST_CASE("a damaged lock vouches for nothing") {
  Workshop shop;
  shop.lock();
  shop.folder.write("plugins/plugin.lock", "damaged");
  CHECK(contains(shop.check(), "is refused"));
}

TEST_CASE("what was found sound is hashed once, also over several starts, until something differs") {
  Workshop shop;
  shop.lock();
  const Environment environment = environment_of({{"XDG_CACHE_HOME", (shop.folder / "cache").string()}});
  SealedFiles first({}, environment);
  const fs::path memory = shop.folder / "cache/millrace/verified";
  // Files that have just been written could change again within one tick of the clock: they are not believed.
  first.check("acme", shop.plugin);
  CHECK_FALSE(fs::exists(memory));
  while (!fs::exists(memory)) first.check("acme", shop.plugin);
  const int hashed = first.hashed();
  first.check("acme", shop.plugin);
  CHECK(first.hashed() == hashed);

  SealedFiles second({}, environment);
  second.check("acme", shop.plugin);
  CHECK(second.hashed() == 0);

  // Whoever else may write the memory could vouch for anything.
  chmod(fs::directory_iterator(memory)->path().c_str(), 0666);
  SealedFiles third({}, environment);
  third.check("acme", shop.plugin);
  CHECK(third.hashed() == 1);

  shop.folder.write("plugins/acme/run", "evil");
  CHECK(contains(message_of([&] { first.check("acme", shop.plugin); }), "'run' was changed"));
  CHECK(contains(shop.check(), "'run' was changed"));
}

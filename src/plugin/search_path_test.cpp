#include "plugin/search_path.h"

#include <doctest/doctest.h>

#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> paths_of(const std::vector<ManifestFile>& files) {
  std::vector<fs::path> paths;
  for (const ManifestFile& file : files) paths.push_back(file.path);
  return paths;
}

}  // namespace

TEST_CASE("configured folders come first, then the variable, the user's and the system's") {
  const auto environment = environment_of(
      {{"MILLRACE_PLUGIN_PATH", "/a:/b/::/a"}, {"XDG_DATA_HOME", "/data"}, {"HOME", "/home/u"}});
  const std::vector<fs::path> expected{"/configured",
                                       "/a",
                                       "/b",
                                       "/data/millrace/plugins",
                                       "/usr/local/share/millrace/plugins",
                                       "/usr/share/millrace/plugins"};
  CHECK(plugin_search_path({"/configured/"}, environment) == expected);
}

TEST_CASE("the user's folder is below XDG_DATA_HOME or HOME when these are absolute") {
  CHECK(user_plugin_folder(environment_of({{"HOME", "/home/u"}})) == "/home/u/.local/share/millrace/plugins");
  CHECK(user_plugin_folder(environment_of({{"XDG_DATA_HOME", "data"}, {"HOME", "/h"}})) ==
        "/h/.local/share/millrace/plugins");
  CHECK_FALSE(user_plugin_folder(environment_of({})).has_value());
}

TEST_CASE("a folder of the search path holds plugins or is one; hidden and other folders are passed over") {
  const TestFolder folder;
  for (const char* name :
       {"many/b/plugin.toml", "many/a/plugin.toml", "many/.hidden/plugin.toml", "many/c/other.toml",
        "many/a/deeper/plugin.toml", "one/plugin.toml", "one/inner/plugin.toml"}) {
    folder.write(name, "");
  }
  folder.write("many/file", "");
  CHECK(paths_of(find_manifests({folder / "one", folder / "many", folder / "none"})) ==
        std::vector<fs::path>{folder / "one/plugin.toml", folder / "many/a/plugin.toml",
                              folder / "many/b/plugin.toml"});
}

TEST_CASE("a plugin that is reached twice counts where it is reached first") {
  const TestFolder folder;
  folder.write("a/acme/plugin.toml", "");
  fs::create_directories(folder / "b");
  fs::create_directory_symlink(folder / "a/acme", folder / "b/link");
  CHECK(paths_of(find_manifests({folder / "b", folder / "a", folder / "a/acme"})) ==
        std::vector<fs::path>{folder / "b/link/plugin.toml"});
}

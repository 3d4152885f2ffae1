// What installed plugins add to the start of a program: the catalog of a folder with so many manifests,
// without an index (each manifest is parsed) and with one (each is looked at), and of an empty folder. Usage:
// plugin_bench [manifests] [rounds]

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "plugin/catalog.h"

namespace {

namespace fs = std::filesystem;
using namespace millrace::plugin;

std::string manifest(int number) {
  const std::string id = "bench-" + std::to_string(number);
  return "[plugin]\nid = \"" + id +
         "\"\nversion = \"1.2.0\"\nprotocol = \"1.0\"\nlicense = \"Apache-2.0\"\ndescription = \"One of "
         "many.\"\n"
         "homepage = \"https://example.com\"\n\n[run]\ncommand = [\"./run\", \"--serve\"]\n"
         "environment = [\"BENCH_ENDPOINT\", \"BENCH_*\"]\nmemory_limit_mb = 1024\n\n[[provides]]\n"
         "kind = \"artifact_repository\"\nschemes = [\"" +
         id +
         "\"]\ncapabilities = [\"multipart\", \"presign\"]\n\n"
         "[[provides]]\nkind = \"request_header\"\nnames = [\"" +
         id +
         "\"]\n\n[configuration.endpoint]\n"
         "type = \"string\"\nrequired = true\ndescription = \"Where the service is.\"\nenvironment = "
         "\"BENCH_ENDPOINT\"\n\n"
         "[configuration.key]\ntype = \"string\"\nsecret = true\ndescription = \"The key.\"\n\n"
         "[configuration.retries]\ntype = \"integer\"\ndefault = 3\ndescription = \"How often to try "
         "again.\"\n";
}

void write_manifests(const fs::path& folder, int count) {
  for (int i = 0; i < count; ++i) {
    const fs::path plugin = folder / ("bench-" + std::to_string(i));
    fs::create_directories(plugin);
    std::ofstream(plugin / "plugin.toml") << manifest(i);
  }
}

Environment environment(const fs::path& plugins, const fs::path& cache) {
  return [=](const std::string& name) -> std::optional<std::string> {
    if (name == "MILLRACE_PLUGIN_PATH") return plugins.string();
    if (name == "XDG_CACHE_HOME" && !cache.empty()) return cache.string();
    return std::nullopt;
  };
}

double milliseconds(const Environment& from, size_t expected) {
  const std::vector<ProvidedName> built_ins{{Kind::kTrackingStore, "sqlite"},
                                            {Kind::kArtifactRepository, "file"}};
  const auto start = std::chrono::steady_clock::now();
  const Catalog catalog = load_catalog(built_ins, {}, from);
  const auto end = std::chrono::steady_clock::now();
  if (catalog.entries().size() != expected) std::abort();
  return std::chrono::duration<double, std::milli>(end - start).count();
}

void report(const char* what, const Environment& from, size_t expected, int rounds) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(milliseconds(from, expected));
  std::sort(times.begin(), times.end());
  std::printf("%-28s median %7.3f ms, lowest %7.3f ms\n", what, times[times.size() / 2], times[0]);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 200;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 101;
  std::string form = (fs::temp_directory_path() / "millrace-bench-XXXXXX").string();
  const fs::path folder = mkdtemp(form.data());
  fs::create_directories(folder / "none");
  write_manifests(folder / "plugins", count);
  // What changed a moment ago is not kept in the index.
  std::this_thread::sleep_for(std::chrono::milliseconds(2200));
  const auto expected = static_cast<size_t>(count);
  report("no plugins", environment(folder / "none", folder / "cache"), 0, rounds);
  report("manifests, all parsed", environment(folder / "plugins", ""), expected, rounds);
  milliseconds(environment(folder / "plugins", folder / "cache"), expected);
  report("manifests, from the index", environment(folder / "plugins", folder / "cache"), expected, rounds);
  fs::remove_all(folder);
  return 0;
}

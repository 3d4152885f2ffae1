// What a call of a plugin costs, in this process and in a child: a small message and its answer, streams of
// bytes and the memory they take. Usage: plugin_calls_bench FOLDER SCHEME child|in-process [CALLS]
// [GIGABYTES]; FOLDER holds the plugin, SCHEME is that of its artifact repository. Prints one JSON object.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/heap.h"
#include "millrace/v1/plugin/artifact_repository.proxy.gen.h"
#include "plugin/discovery.h"
#include "plugin/host/plugin_host.h"

namespace {

using namespace millrace;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t own_resident_bytes() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

// Of this process and of the plugin's.
int64_t resident_bytes(const plugin::PluginHost& host) {
  int64_t bytes = own_resident_bytes();
  for (const plugin::PluginHealth& health : host.health()) bytes += health.resident_bytes;
  return bytes;
}

double microseconds_per_call(ArtifactRepository& repository, int calls) {
  std::vector<double> taken;
  for (int i = -calls / 10; i < calls; ++i) {
    const auto start = Clock::now();
    repository.list(CallContext(), {});
    if (i >= 0) taken.push_back(seconds_since(start) * 1e6);
  }
  std::nth_element(taken.begin(), taken.begin() + taken.size() / 2, taken.end());
  return taken[taken.size() / 2];
}

double megabytes_read_per_second(ArtifactRepository& repository, uint64_t bytes) {
  v1::plugin::ArtifactRead request;
  request.set_path(std::to_string(bytes));
  std::vector<char> buffer(1 << 20);
  const auto start = Clock::now();
  const auto source = repository.read(CallContext(), request);
  uint64_t size = 0;
  while (const size_t count = source->read(buffer)) size += count;
  if (size != bytes) std::abort();
  return static_cast<double>(bytes) / 1e6 / seconds_since(start);
}

double megabytes_written_per_second(ArtifactRepository& repository, uint64_t bytes) {
  const std::string piece(size_t{1} << 20, 'p');
  v1::plugin::ArtifactWrite request;
  request.set_path("f");
  const auto start = Clock::now();
  const auto sink = repository.write(CallContext(), request);
  for (uint64_t size = 0; size < bytes; size += piece.size()) sink->write(piece);
  sink->commit();
  return static_cast<double>(bytes) / 1e6 / seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  keep_freed_memory();  // as the server does
  const std::string scheme = argv[2];
  const int calls = argc > 4 ? std::atoi(argv[4]) : 20'000;
  const uint64_t bytes = (argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 4) << 30;
  plugin::Policy policy;
  policy.path = {argv[1]};
  if (std::string(argv[3]) == "in-process") policy.in_process = {"*"};
  plugin::ManifestIndex index({});
  Log log(LogFormat::kText, LogLevel::kError);
  plugin::PluginHost host(plugin::Catalog({}, policy, discover(policy.path, index)), policy,
                          plugin::process_environment(), log);
  plugin::ArtifactRepositoryProxy repository(host.open_uri(plugin::Kind::kArtifactRepository, scheme + ":x"));
  const double call = microseconds_per_call(repository, calls);
  megabytes_read_per_second(repository, uint64_t{1} << 28);
  const int64_t before = resident_bytes(host);
  const double read = megabytes_read_per_second(repository, bytes);
  const double write = megabytes_written_per_second(repository, bytes);
  std::printf(
      "{\"call_p50_us\": %.2f, \"read_mb_s\": %.0f, \"write_mb_s\": %.0f, \"memory_growth_mb\": %.1f}\n",
      call, read, write, static_cast<double>(resident_bytes(host) - before) / 1e6);
}

// The plugin transport between two processes: round trips of a small call beside those of a bare socket, and
// streams of 1 MiB messages both ways. Usage: ttrpc_bench [CALLS] [MEGABYTES]; prints one JSON object.

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "plugin/ttrpc/client.h"
#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/socket.h"

namespace {

using namespace millrace::ttrpc;
using Clock = std::chrono::steady_clock;

const std::string kPiece(size_t{1} << 20, 'p');
constexpr const char* kService = "bench.Service";

class BenchService : public Service {
 public:
  bool is_stream(std::string_view method) const noexcept override { return method != "Echo"; }
  std::string call(const ServerCall& /*call*/, std::string_view /*method*/,
                   std::string_view payload) override {
    return std::string(payload);
  }
  void stream(const ServerCall& /*call*/, std::string_view method, ServerStream& stream) override {
    if (method == "Up") return up(stream);
    const int pieces = std::stoi(*stream.receive());
    for (int i = 0; i < pieces; ++i) stream.send("head", kPiece);
  }

 private:
  static void up(ServerStream& stream) {
    size_t size = 0;
    while (const auto piece = stream.receive()) size += piece->size();
    stream.respond(std::to_string(size));
  }
};

struct Percentiles {
  double p50;
  double p99;
};

template <typename Run>
Percentiles microseconds_of(int times, Run run) {
  std::vector<double> taken;
  for (int i = -times / 10; i < times; ++i) {
    const auto start = Clock::now();
    run();
    if (i >= 0) taken.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::sort(taken.begin(), taken.end());
  return {taken[taken.size() / 2], taken[taken.size() * 99 / 100]};
}

template <typename Run>
double megabytes_per_second(int pieces, Run run) {
  const auto start = Clock::now();
  run();
  return pieces * static_cast<double>(kPiece.size()) / 1e6 /
         std::chrono::duration<double>(Clock::now() - start).count();
}

class ChildProcess {
 public:
  template <typename Run>
  explicit ChildProcess(Run run) : id_(fork()) {
    if (id_ != 0) return;
    run();
    _exit(0);
  }
  ~ChildProcess() {
    kill(id_, SIGTERM);
    waitpid(id_, nullptr, 0);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

 private:
  pid_t id_;
};

void bounce(int socket) {
  std::array<char, 256> bytes{};
  for (ssize_t count; (count = read(socket, bytes.data(), bytes.size())) > 0;)
    if (write(socket, bytes.data(), static_cast<size_t>(count)) != count) return;
}

Percentiles bare_socket(int times) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) std::exit(1);
  const ChildProcess child([&] { bounce(ends[1]); });
  std::array<char, 64> bytes{};
  return microseconds_of(times, [&] {
    if (write(ends[0], bytes.data(), bytes.size()) < 0 || read(ends[0], bytes.data(), bytes.size()) <= 0)
      std::exit(1);
  });
}

void serve(FileDescriptor& listening) {
  BenchService service;
  Server server(listening.release());
  server.add_service(kService, service);
  server.serve();
}

double stream_down(Client& client, int pieces) {
  return megabytes_per_second(pieces, [&] {
    const auto stream = client.open_stream(kService, "Down", std::to_string(pieces));
    while (stream->receive()) continue;
  });
}

double stream_up(Client& client, int pieces) {
  return megabytes_per_second(pieces, [&] {
    const auto stream = client.open_stream(kService, "Up", std::nullopt);
    for (int i = 0; i < pieces; ++i) stream->send("head", kPiece);
    stream->close_send();
    stream->receive();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 50'000;
  const int pieces = argc > 2 ? std::atoi(argv[2]) : 2'000;
  const std::string path =
      std::filesystem::temp_directory_path() / ("ttrpc-bench-" + std::to_string(getpid()));
  const Percentiles bare = bare_socket(calls);
  FileDescriptor listening = listen_unix(path);
  const ChildProcess child([&] { serve(listening); });
  Client client(connect_unix(path).release());
  unlink(path.c_str());
  const Percentiles call =
      microseconds_of(calls, [&] { client.call(kService, "Echo", std::string(64, 'x')); });
  const double down = stream_down(client, pieces);
  const double up = stream_up(client, pieces);
  std::printf(
      "{\"socket_p50_us\": %.1f, \"socket_p99_us\": %.1f, \"call_p50_us\": %.1f, \"call_p99_us\": %.1f, "
      "\"stream_down_mb_s\": %.0f, \"stream_up_mb_s\": %.0f}\n",
      bare.p50, bare.p99, call.p50, call.p99, down, up);
}

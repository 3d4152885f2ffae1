#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>

#include <atomic>
#include <vector>

#include "plugin/ttrpc/test_server.h"

using namespace millrace::ttrpc;
using namespace std::chrono_literals;
using millrace::Error;
using millrace::ErrorCode;
using test::error_of_call;

namespace {

constexpr int kThreads = 32;
constexpr int kRounds = 30;
const std::string kLarge(size_t{300} << 10, 'l');

test::LambdaService mixed_service() {
  test::LambdaService service;
  service.calls["Fail"] = [](const ServerCall&, std::string_view payload) -> std::string {
    throw Error(ErrorCode::kInvalidState, std::string(payload));
  };
  service.calls["Late"] = [](const ServerCall& call, std::string_view) {
    while (!call.cancelled()) std::this_thread::yield();
    return std::string("late");
  };
  service.streams["Repeat"] = [](const ServerCall&, ServerStream& stream) {
    const std::string text = *stream.receive();
    for (int i = 0; i < 5; ++i) stream.send(text);
  };
  service.streams["Join"] = [](const ServerCall&, ServerStream& stream) {
    std::string all;
    while (const auto piece = stream.receive()) all += *piece;
    stream.respond(all);
  };
  return service;
}

void repeat(Client& client, const std::string& text) {
  const auto stream = client.open_stream(test::kService, "Repeat", text);
  for (int i = 0; i < 5; ++i) CHECK(stream->receive() == text);
  CHECK_FALSE(stream->receive());
}

void join(Client& client, const std::string& text) {
  const auto stream = client.open_stream(test::kService, "Join", std::nullopt);
  for (int i = 0; i < 3; ++i) CHECK(stream->send(text));
  stream->close_send();
  CHECK(stream->receive() == text + text + text);
}

// One of the things that a client may do, with an answer that only this caller expects.
void do_something(Client& client, int kind, const std::string& text) {
  switch (kind) {
    case 0:
      return repeat(client, text);
    case 1:
      return join(client, text);
    case 2:
      CHECK(error_of_call([&] { client.call(test::kService, "Fail", text); }).what() == text);
      return;
    case 3:
      // Once in a while the answer that the server gives at the deadline is quicker than the clock.
      try {
        const std::string answer = client.call(test::kService, "Late", "", test::within(2ms));
        CHECK(answer == "late");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kTemporarilyUnavailable);
      }
      return;
    case 4:
      CHECK(client.call(test::kService, "Echo", kLarge + text) == kLarge + text);
      return;
    case 5:
      client.open_stream(test::kService, "Repeat", text)->receive();
      return;
    default:
      CHECK(client.call(test::kService, "Echo", text) == text);
  }
}

}  // namespace

TEST_CASE("32 threads do everything at once on one connection, and each gets its own answers") {
  test::LambdaService service = mixed_service();
  test::Pair pair(service);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round)
        do_something(pair.client, (thread + round) % 10,
                     std::to_string(thread) + "/" + std::to_string(round));
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(pair.client.usable());
}

TEST_CASE("many connections at once are served by few threads") {
  test::LambdaService service = mixed_service();
  ServerOptions options;
  options.threads = 4;
  test::RunningServer server(service, options);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      Client client(server.connect().release());
      for (int round = 0; round < kRounds; ++round) {
        const std::string text = std::to_string(thread) + "/" + std::to_string(round);
        CHECK(client.call(test::kService, "Echo", text) == text);
        join(client, text);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("threads that are in the middle of everything learn at once that the server stopped") {
  test::LambdaService service = mixed_service();
  test::Pair pair(service);
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&] {
      for (;; ++done) {
        try {
          pair.call("Echo", "x");
          pair.client.open_stream(test::kService, "Repeat", "y")->receive();
        } catch (const Error& error) {
          CHECK(error.code() == ErrorCode::kTemporarilyUnavailable);
          if (!pair.client.usable()) return;
        }
      }
    });
  while (done < 50) std::this_thread::yield();
  pair.server.stop();
  for (std::thread& thread : threads) thread.join();
}

#ifndef __SANITIZE_THREAD__  // The thread sanitizer does not follow a fork with threads.
TEST_CASE("calls in flight fail at once when the process of the server is killed") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("child.sock");
  FileDescriptor listening = listen_unix(path);
  const pid_t child = fork();
  if (child == 0) {
    test::LambdaService service;
    service.calls["Wait"] = [](const ServerCall&, std::string_view) -> std::string {
      for (;;) pause();
    };
    Server server(listening.release());
    server.add_service(test::kService, service);
    server.serve();
    _exit(0);
  }
  listening.close();
  Client client(connect_unix(path).release());
  CHECK(client.call(test::kService, "Echo", "alive") == "alive");
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&] {
      CHECK(error_of_call([&] { client.call(test::kService, "Wait", ""); }).code() ==
            ErrorCode::kTemporarilyUnavailable);
      ++failed;
    });
  CHECK(client.call(test::kService, "Echo", "alive") == "alive");
  kill(child, SIGKILL);
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 8);
  waitpid(child, nullptr, 0);
}
#endif

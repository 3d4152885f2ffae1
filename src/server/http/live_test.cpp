#include <chrono>
#include <future>
#include <vector>

#include "server/http/http_test_support.h"

using namespace millrace;
using namespace millrace::http;
using namespace millrace::http::testing;

namespace {

template <typename Condition>
bool comes_true(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace

TEST_CASE("an answer that lasts is sent as it comes, and holds no worker while it waits") {
  ServerOptions options;
  options.worker_threads = 1;
  Fixture fixture(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(fixture.server->port()));
    clients.back()->send(get("/live"));
  }
  CHECK(comes_true([&] { return fixture.handler.line->listeners == 3; }));
  CHECK(comes_true([&] { return fixture.server->statistics().running_calls == 0; }));
  CHECK(ends_with(ask(fixture, get("/other")), "GET /other? "));
}

TEST_CASE("what is said while a listener waits reaches it at once") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send(get("/live"));
  CHECK(has(client.until("\r\n\r\n"), "Transfer-Encoding: chunked"));
  for (const char* word : {"first", "second", "third"}) {
    fixture.handler.line->say(word);
    CHECK(has(client.until(word), word));
  }
}

TEST_CASE("an answer that has lasted long enough ends as a whole one") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send(get("/live"));
  client.until("\r\n\r\n");
  fixture.handler.line->say("goodbye");
  client.until("goodbye");
  fixture.handler.line->over = true;
  fixture.handler.line->say("nobody hears");
  CHECK(has(client.until("0\r\n\r\n"), "0\r\n\r\n"));
  CHECK(comes_true([&] { return fixture.handler.line->listeners == 0; }));
}

TEST_CASE("a listener that leaves is noticed without anything being said") {
  Fixture fixture;
  {
    Client client(fixture.server->port());
    client.send(get("/live"));
    client.until("\r\n\r\n");
    CHECK(comes_true([&] { return fixture.handler.line->listeners == 1; }));
  }
  CHECK(comes_true([&] { return fixture.handler.line->listeners == 0; }));
  fixture.handler.line->say("nobody hears");
}

TEST_CASE("listeners do not hold up the end of the server") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send(get("/live"));
  client.until("\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  fixture.server->stop();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  CHECK(fixture.handler.line->listeners == 0);
}

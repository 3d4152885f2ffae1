#include <doctest/doctest.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "server/http/http_test_support.h"

using namespace millrace;
using namespace millrace::http;
using namespace millrace::http::testing;

TEST_CASE("requests on one connection are answered in turn, also when they come at once") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send("GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string first = client.answer();
  CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(ends_with(first, "GET /a?x=1 "));
  CHECK(has(first, "X-Request-ID: "));
  client.send(
      "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
      "POST /inline HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ntwo"
      "GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(ends_with(client.answer(), "POST /b? one"));
  CHECK(ends_with(client.answer(), "POST /inline? two"));
  const std::string last = client.answer();
  CHECK(ends_with(last, "GET /c? "));
  CHECK(has(last, "Connection: close"));
  CHECK(client.rest().empty());
}

TEST_CASE("chunked bodies are read, and HTTP/1.0 is answered and closed") {
  Fixture fixture;
  CHECK(ends_with(ask(fixture,
                      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
                  "POST /b? abcde"));
  Client old(fixture.server->port());
  old.send("GET /a HTTP/1.0\r\n\r\n");
  CHECK(ends_with(old.rest(), "GET /a? "));
}

TEST_CASE("bodies of unknown length are sent in chunks, others with their length") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send("GET /chunks HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string chunked = client.rest();
  CHECK(has(chunked, "Transfer-Encoding: chunked"));
  CHECK(dechunked(chunked).size() == 100'000);
  const std::string sized = ask(fixture, "GET /sized HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(has(sized, "Content-Length: 100000"));
  CHECK(sized.size() - sized.find("\r\n\r\n") - 4 == 100'000);
}

TEST_CASE("files are sent whole and HEAD sends no body") {
  Fixture fixture;
  fixture.handler.file =
      (std::filesystem::temp_directory_path() / ("millrace-http-" + random_token(10))).string();
  const std::string content(5'000'000, 'f');
  FILE* file = std::fopen(fixture.handler.file.c_str(), "w");
  std::fwrite(content.data(), 1, content.size(), file);
  std::fclose(file);
  Client client(fixture.server->port());
  client.send(
      "HEAD /file HTTP/1.1\r\nHost: h\r\n\r\nGET /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string text = client.rest();
  std::filesystem::remove(fixture.handler.file);
  CHECK(text.find("HTTP/1.1 200 OK", 10) == text.find("\r\n\r\n") + 4);
  CHECK(has(text, "Content-Length: 5000000"));
  CHECK(ends_with(text, content));
}

TEST_CASE("100 Continue comes before the body, and a body over the limit is refused before it is sent") {
  Fixture fixture;
  Client client(fixture.server->port());
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  CHECK(client.answer() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  CHECK(ends_with(client.answer(), "POST /b? abc"));
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3000000\r\n\r\n");
  CHECK(client.answer().starts_with("HTTP/1.1 413 "));
  CHECK(client.rest().empty());
  const std::string chunks = "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n180000\r\n" +
                             std::string(0x180000, 'x') + "\r\n0\r\n\r\n";
  CHECK(ask(fixture, chunks).starts_with("HTTP/1.1 413 "));
}

TEST_CASE("large text is compressed for clients that take it") {
  Fixture fixture;
  const std::string packed =
      ask(fixture, "GET /large HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip, deflate\r\n\r\n");
  CHECK(has(packed, "Content-Encoding: gzip"));
  CHECK(packed.size() < 2000);
  std::string body = packed.substr(packed.find("\r\n\r\n") + 4);
  std::string text(200'000, '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  REQUIRE(inflateInit2(&stream, 31) == Z_OK);
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  inflateEnd(&stream);
  CHECK(stream.total_out > 100'000);
  CHECK_FALSE(has(ask(fixture, "GET /large HTTP/1.1\r\nHost: h\r\n\r\n"), "Content-Encoding"));
  CHECK_FALSE(has(ask(fixture, "GET /large HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip;q=0\r\n\r\n"),
                  "Content-Encoding"));
}

TEST_CASE("malformed requests are refused and the connection is closed") {
  Fixture fixture;
  for (const char* text :
       {"NONSENSE\r\n\r\n", "GET a b HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET x HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    CAPTURE(std::string(text));
    Client client(fixture.server->port());
    client.send(text);
    const std::string status = client.answer().substr(9, 3);
    CHECK((status == "400" || status == "505"));
    CHECK(client.rest().empty());
  }
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + std::string(70'000, 'x') + "\r\n\r\n";
  CHECK(ask(fixture, head).starts_with("HTTP/1.1 431 "));
  CHECK(ends_with(ask(fixture, "GET http://other/p?q HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /p?q "));
}

TEST_CASE("a client that sends its head slowly is cut off") {
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(100);
  Fixture fixture(options);
  Client client(fixture.server->port());
  client.send("GET / HTTP/1.1\r\nHost: ");
  CHECK(client.rest().empty());
}

TEST_CASE("an idle connection and a body that stops are cut off") {
  ServerOptions options;
  options.keep_alive_timeout = std::chrono::milliseconds(100);
  options.body_idle_timeout = std::chrono::milliseconds(100);
  Fixture fixture(options);
  Client idle(fixture.server->port());
  CHECK(idle.rest().empty());
  Client stuck(fixture.server->port());
  stuck.send("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(stuck.rest().empty());
  fixture.server->stop();
  CHECK(fixture.handler.abandoned == 1);
}

TEST_CASE("streamed bodies reach the exchange in pieces, and a refusing exchange still answers") {
  Fixture fixture;
  const std::string body(3'000'000, 'b');
  const std::string head = " HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n";
  CHECK(ask(fixture, "PUT /stream" + head + body).starts_with("HTTP/1.1 200 "));
  CHECK(fixture.handler.streamed == 3'000'000);
  CHECK(ask(fixture,
            "PUT /full HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" + body.substr(0, 900'000))
            .starts_with("HTTP/1.1 429 "));
}

TEST_CASE("a client that leaves in mid-body leaves an unfinished exchange") {
  Fixture fixture;
  {
    Client client(fixture.server->port());
    client.send("PUT /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc");
    client.half_close();
    CHECK(client.rest().empty());
  }
  fixture.server->stop();
  CHECK(fixture.handler.abandoned == 1);
}

TEST_CASE("connections over the limit are turned away") {
  ServerOptions options;
  options.max_connections = 1;
  Fixture fixture(options);
  Client first(fixture.server->port());
  first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(first.answer().starts_with("HTTP/1.1 200 "));
  Client second(fixture.server->port());
  CHECK(second.answer().starts_with("HTTP/1.1 503 "));
}

TEST_CASE("stopping lets a request in flight finish and closes idle connections") {
  Fixture fixture;
  Client idle(fixture.server->port());
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(idle.answer().starts_with("HTTP/1.1 200 "));
  Client busy(fixture.server->port());
  busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  fixture.handler.entered.wait();
  std::thread stopper([&] { fixture.server->stop(); });
  CHECK(idle.rest().empty());
  fixture.handler.release.count_down();
  CHECK(ends_with(busy.answer(), "GET /wait? "));
  CHECK(busy.rest().empty());
  stopper.join();
}

TEST_CASE("an exchange that begins by itself is answered when it is ready, and holds up nobody else") {
  Fixture fixture;
  Client slow(fixture.server->port());
  slow.send(get("/start/later") + get("/start/at-once") + get("/start/declined"));
  fixture.handler.entered.wait();
  Client quick(fixture.server->port());
  quick.send(get("/inline"));
  CHECK(has(quick.answer(), "GET /inline"));
  fixture.handler.release.count_down();
  CHECK(has(slow.answer(), "GET /start/later? started"));
  CHECK(has(slow.answer(), "GET /start/at-once? started"));
  CHECK(ends_with(slow.answer(), "GET /start/declined? "));
}

TEST_CASE("stopping waits for an exchange that has begun by itself, also when its client is gone") {
  ServerOptions options;
  options.stop_grace = std::chrono::milliseconds(20);
  Fixture fixture(options);
  {
    Client client(fixture.server->port());
    client.send(get("/start/later"));
    fixture.handler.entered.wait();
  }
  const auto stopped = std::async(std::launch::async, [&] { fixture.server->stop(); });
  CHECK(stopped.wait_for(std::chrono::milliseconds(2500)) == std::future_status::timeout);
  fixture.handler.release.count_down();
  stopped.wait();
  fixture.server.reset();
}

TEST_CASE("many connections are served at once and each answer is reported") {
  Fixture fixture;
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      Client client(fixture.server->port());
      for (int i = 0; i < 100; ++i) {
        const std::string path = "/" + std::to_string(t) + "-" + std::to_string(i);
        client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        right += ends_with(client.answer(), "GET " + path + "? ") ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 1600);
  fixture.server->stop();
  CHECK(fixture.observer.count == 1600);
}

TEST_CASE("TLS is spoken with the certificate that was given, and a bad one is refused at the start") {
  const auto folder = std::filesystem::temp_directory_path() / ("millrace-tls-" + random_token(10));
  std::filesystem::create_directory(folder);
  ServerOptions options;
  options.tls_certificate_file = (folder / "cert.pem").string();
  options.tls_key_file = (folder / "key.pem").string();
  CHECK_THROWS_AS(Fixture{options}, Error);
  const std::string make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout " +
                           options.tls_key_file + " -out " + options.tls_certificate_file + " 2>/dev/null";
  REQUIRE(std::system(make.c_str()) == 0);
  {
    Fixture fixture(options);
    const std::string command =
        "printf 'GET /tls HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client "
        "-quiet -connect 127.0.0.1:" +
        std::to_string(fixture.server->port()) + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), pipe));
    pclose(pipe);
    CHECK(ends_with(text, "GET /tls? "));
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("a port in use is told by its address") {
  Fixture fixture;
  ServerOptions options;
  options.port = fixture.server->port();
  CHECK_THROWS_AS(Server(options, fixture.handler, fixture.observer), Error);
}

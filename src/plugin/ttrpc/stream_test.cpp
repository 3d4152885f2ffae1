#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "plugin/ttrpc/frame.h"
#include "plugin/ttrpc/test_server.h"

using namespace millrace::ttrpc;
using namespace std::chrono_literals;
using millrace::Error;
using millrace::ErrorCode;
using test::error_of_call;

namespace {

const std::string kPiece(size_t{1} << 20, 'p');

void upload(const ServerCall&, ServerStream& stream) {
  size_t size = 0;
  while (const auto piece = stream.receive()) size += piece->size();
  stream.respond(std::to_string(size));
}

void download(const ServerCall&, ServerStream& stream) {
  const int pieces = std::stoi(*stream.receive());
  for (int i = 0; i < pieces; ++i) stream.send("", kPiece);
}

void echo(const ServerCall&, ServerStream& stream) {
  while (const auto piece = stream.receive()) stream.send(*piece);
}

test::LambdaService streaming_service() {
  test::LambdaService service;
  service.streams = {{"Upload", upload}, {"Download", download}, {"Chat", echo}};
  return service;
}

size_t receive_all(ClientStream& stream) {
  size_t size = 0;
  while (const auto piece = stream.receive()) size += piece->size();
  return size;
}

}  // namespace

TEST_CASE("a client streams, and the server answers once") {
  test::LambdaService service = streaming_service();
  test::Pair pair(service);
  auto stream = pair.client.open_stream(test::kService, "Upload", std::nullopt);
  for (int i = 0; i < 50; ++i) CHECK(stream->send("12", kPiece));
  stream->close_send();
  CHECK(stream->receive() == std::to_string(50 * (kPiece.size() + 2)));
  CHECK_FALSE(stream->receive());
}

TEST_CASE("a server streams") {
  test::LambdaService service = streaming_service();
  test::Pair pair(service);
  CHECK(receive_all(*pair.client.open_stream(test::kService, "Download", "50")) == 50 * kPiece.size());
  CHECK(receive_all(*pair.client.open_stream(test::kService, "Download", "0")) == 0);
}

TEST_CASE("both stream at once, and empty messages are messages") {
  test::LambdaService service = streaming_service();
  test::Pair pair(service);
  auto stream = pair.client.open_stream(test::kService, "Chat", std::nullopt);
  for (const std::string text : {"a", "", "c"}) {
    CHECK(stream->send(text));
    CHECK(stream->receive() == text);
  }
  std::thread sender([&] {
    for (int i = 0; i < 40; ++i) stream->send(kPiece);
    stream->close_send();
  });
  CHECK(receive_all(*stream) == 40 * kPiece.size());
  sender.join();
}

TEST_CASE("a client that sends without receiving takes what it can hold meanwhile") {
  test::LambdaService service = streaming_service();
  test::Pair pair(service);
  auto stream = pair.client.open_stream(test::kService, "Chat", std::nullopt, test::within(60s));
  for (int i = 0; i < 8; ++i) CHECK(stream->send(kPiece));
  stream->close_send();
  CHECK(receive_all(*stream) == 8 * kPiece.size());
}

TEST_CASE("an error within a stream reaches the client, which learns while sending that it can stop") {
  test::LambdaService service;
  service.streams["Refuse"] = [](const ServerCall&, ServerStream& stream) {
    stream.receive();
    throw Error(ErrorCode::kPermissionDenied, "not yours");
  };
  test::Pair pair(service);
  auto stream = pair.client.open_stream(test::kService, "Refuse", std::nullopt);
  while (stream->send(kPiece)) continue;
  CHECK(error_of_call([&] { stream->receive(); }).code() == ErrorCode::kPermissionDenied);
  CHECK(pair.call("Echo", "x") == "x");
}

TEST_CASE(
    "a stream that is given up leaves the connection in use, and the server learns that no more comes") {
  test::LambdaService service = streaming_service();
  std::promise<size_t> received;
  service.streams["Count"] = [&](const ServerCall&, ServerStream& stream) {
    size_t count = 0;
    while (stream.receive()) ++count;
    received.set_value(count);
  };
  test::Pair pair(service);
  pair.client.open_stream(test::kService, "Count", std::nullopt)->send("one");
  CHECK(received.get_future().get() == 1);
  CHECK(pair.client.open_stream(test::kService, "Download", "30")->receive() == kPiece);
  CHECK(pair.call("Echo", "x") == "x");
}

TEST_CASE("a stream has its deadline") {
  test::LambdaService service;
  std::promise<ErrorCode> seen;
  service.streams["Wait"] = [&](const ServerCall&, ServerStream& stream) {
    const Error error = error_of_call([&] { stream.receive(); });
    seen.set_value(error.code());
    throw Error(error);  // Whichever side looks at its clock first, the client hears the same.
  };
  test::Pair pair(service);
  auto stream = pair.client.open_stream(test::kService, "Wait", std::nullopt, test::within(150ms));
  CHECK(error_of_call([&] { stream->receive(); }).code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(seen.get_future().get() == ErrorCode::kTemporarilyUnavailable);
  CHECK(pair.call("Echo", "x") == "x");
}

TEST_CASE("a slow consumer that is alone on its connection holds the server back and loses nothing") {
  test::LambdaService service;
  std::atomic<int> sent = 0;
  service.streams["Fill"] = [&](const ServerCall&, ServerStream& stream) {
    stream.receive();
    for (int i = 0; i < 64; ++i, ++sent) stream.send(kPiece);
  };
  ClientOptions options;
  options.stall_limit = 1ms;
  test::Pair pair(service, {}, options);
  auto stream = pair.client.open_stream(test::kService, "Fill", "");
  CHECK(stream->receive() == kPiece);
  std::this_thread::sleep_for(20ms);  // Long past the limit; only calls that wait make it count.
  CHECK(sent < 16);
  CHECK(receive_all(*stream) == 63 * kPiece.size());
}

TEST_CASE("a slow consumer holds up other calls for a moment only, and is told why it was given up") {
  test::LambdaService service;
  std::atomic<int> sent = 0;
  service.streams["Fill"] = [&](const ServerCall&, ServerStream& stream) {
    for (; sent < 64; ++sent) stream.send(kPiece);
  };
  ClientOptions options;
  options.stream_window = size_t{2} << 20;
  options.stall_limit = 20ms;
  test::Pair pair(service, {}, options);
  auto slow = pair.client.open_stream(test::kService, "Fill", "");
  // The server gets rid of all only when the client has given the stream up and drops what comes.
  while (sent < 64) CHECK(pair.call("Echo", "x", test::within(60s)) == "x");
  const Error error = error_of_call([&] { receive_all(*slow); });
  CHECK(error.code() == ErrorCode::kResourceExhausted);
  CHECK(std::string(error.what()).find("Fill") != std::string::npos);
  CHECK(pair.call("Echo", "y") == "y");
}

TEST_CASE("a consumer that takes its messages slowly but steadily loses nothing beside other calls") {
  test::LambdaService service = streaming_service();
  ClientOptions options;
  options.stream_window = size_t{2} << 20;
  test::Pair pair(service, {}, options);
  auto stream = pair.client.open_stream(test::kService, "Download", "64");
  std::atomic<bool> over = false;
  std::thread caller([&] {
    while (!over) CHECK(pair.call("Echo", "x") == "x");
  });
  CHECK(receive_all(*stream) == 64 * kPiece.size());
  over = true;
  caller.join();
}

TEST_CASE("a slow handler holds its client back and loses nothing") {
  test::LambdaService service;
  test::Gate gate;
  service.streams["Slow"] = [&](const ServerCall& call, ServerStream& stream) {
    gate.pass();
    upload(call, stream);
  };
  ServerOptions options;
  options.stream_window = size_t{2} << 20;
  test::Pair pair(service, options);
  std::atomic<int> sent = 0;
  auto stream = pair.client.open_stream(test::kService, "Slow", std::nullopt);
  std::thread sender([&] {
    for (; sent < 64; ++sent) stream->send(kPiece);
    stream->close_send();
  });
  while (sent < 2) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  CHECK(sent < 16);
  Client other(pair.server.connect().release());
  CHECK(other.call(test::kService, "Echo", "x") == "x");
  gate.open();
  CHECK(stream->receive() == std::to_string(64 * kPiece.size()));
  sender.join();
}

TEST_CASE("a handler that takes nothing for too long loses its stream, not its connection") {
  test::LambdaService service;
  test::Gate gate;
  service.streams["Stuck"] = [&](const ServerCall&, ServerStream& stream) {
    gate.pass();
    while (stream.receive()) continue;
  };
  ServerOptions options;
  options.stream_window = size_t{1} << 20;
  options.stall_limit = 1ms;
  test::Pair pair(service, options);
  auto stream = pair.client.open_stream(test::kService, "Stuck", std::nullopt);
  for (int i = 0; i < 8; ++i) stream->send(kPiece);
  CHECK(pair.call("Echo", "x") == "x");
  gate.open();
  CHECK(error_of_call([&] { receive_all(*stream); }).code() == ErrorCode::kResourceExhausted);
}

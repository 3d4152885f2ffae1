#include "plugin/ttrpc/server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "plugin/ttrpc/frame_reader.h"
#include "plugin/ttrpc/frame_sender.h"
#include "plugin/ttrpc/test_server.h"

using namespace millrace::ttrpc;
using namespace std::chrono_literals;
using millrace::Error;
using millrace::ErrorCode;
using test::error_of_call;

namespace {

/// A client spoken by hand.
struct RawClient {
  explicit RawClient(const test::RunningServer& server) : socket(server.connect()) {}
  void send(const FrameHeader& header, const std::string& payload) {
    FrameHeader full = header;
    full.length = static_cast<uint32_t>(payload.size());
    const HeaderBytes bytes = encode_header(full);
    test::write_all(socket, std::string(bytes.data(), bytes.size()) + payload);
  }
  void request(uint32_t id, const std::string& method, const std::string& payload = {}, uint8_t flags = 0) {
    send({0, id, 1, flags}, encode_request_head({test::kService, method, {}, {}}, payload.size()) + payload);
  }
  /// The next frame, or nothing when the server closed the connection.
  std::optional<Frame> answer() {
    Frame frame;
    for (;;) {
      const FrameReader::Outcome outcome = reader.next(frame);
      if (outcome == FrameReader::Outcome::kFrame) return frame;
      if (outcome == FrameReader::Outcome::kClosed) return std::nullopt;
      std::this_thread::yield();
    }
  }
  Status status() { return decode_response(answer()->payload).status; }

  FileDescriptor socket;
  FrameReader reader{socket.get()};
};

}  // namespace

TEST_CASE("a handler sees what the client sent, and its answer or its error goes back") {
  test::LambdaService service;
  service.calls["Look"] = [](const ServerCall& call, std::string_view payload) {
    CHECK(call.metadata("Millrace-Instance") == "7");
    CHECK_FALSE(call.metadata("other"));
    CHECK(call.deadline().has_value());
    CHECK_FALSE(call.cancelled());
    return std::string(payload) + "!";
  };
  service.calls["Fail"] = [](const ServerCall&, std::string_view) -> std::string {
    throw Error(ErrorCode::kResourceConflict, "taken");
  };
  service.calls["Break"] = [](const ServerCall&, std::string_view) -> std::string {
    throw std::runtime_error("oh");
  };
  test::Pair pair(service);
  CallOptions options = test::within(60s);
  options.metadata = {{"millrace-instance", "7"}};
  CHECK(pair.call("Look", "hello", options) == "hello!");
  const Error conflict = error_of_call([&] { pair.call("Fail"); });
  CHECK(conflict.code() == ErrorCode::kResourceConflict);
  CHECK(std::string(conflict.what()) == "taken");
  CHECK(error_of_call([&] { pair.call("Break"); }).code() == ErrorCode::kInternalError);
}

TEST_CASE("services and methods that nobody offers are unimplemented") {
  test::LambdaService service;
  test::Pair pair(service);
  const Error method = error_of_call([&] { pair.call("Missing"); });
  CHECK(method.code() == ErrorCode::kNotImplemented);
  CHECK(std::string(method.what()) == "method Missing");
  const Error unknown = error_of_call([&] { pair.client.call("other.Service", "Echo", ""); });
  CHECK(unknown.code() == ErrorCode::kNotImplemented);
  CHECK(std::string(unknown.what()) == "service other.Service");
}

TEST_CASE("a slow call holds up nobody, even when every thread but one is in a handler") {
  test::LambdaService service;
  test::Gate gate;
  service.calls["Slow"] = [&](const ServerCall&, std::string_view) {
    gate.pass();
    return std::string("slow");
  };
  ServerOptions options;
  options.threads = 3;
  test::Pair pair(service, options);
  auto first = std::async(std::launch::async, [&] { return pair.call("Slow"); });
  CHECK(pair.call("Echo", "quick") == "quick");
  auto second = std::async(std::launch::async, [&] { return pair.call("Slow"); });
  auto third = std::async(std::launch::async, [&] { return pair.call("Slow"); });
  gate.open();
  CHECK(first.get() + second.get() + third.get() == "slowslowslow");
}

TEST_CASE("calls beyond the threads wait, and calls beyond the queue are refused") {
  test::LambdaService service;
  test::Gate gate;
  service.calls["Slow"] = [&](const ServerCall&, std::string_view) {
    gate.pass();
    return std::string();
  };
  ServerOptions options;
  options.threads = 2;
  options.waiting_calls = 2;
  test::RunningServer server(service, options);
  RawClient client(server);
  for (uint32_t id = 1; id <= 7; id += 2) client.request(id, "Slow");
  // One runs, two wait: the fourth is the one that is refused.
  const std::optional<Frame> refused = client.answer();
  CHECK(refused->header.stream == 7);
  CHECK(decode_response(refused->payload).status.code == kUnavailable);
  gate.open();
  for (int i = 0; i < 3; ++i) CHECK(client.status().ok());
}

TEST_CASE("a call whose time was over before it could begin is not run") {
  test::LambdaService service;
  test::Gate gate;
  std::atomic<int> ran = 0;
  service.calls["Slow"] = [&](const ServerCall&, std::string_view) {
    gate.pass();
    ++ran;
    return std::string();
  };
  ServerOptions options;
  options.threads = 2;
  test::RunningServer server(service, options);
  RawClient client(server);
  client.request(1, "Slow");
  client.send({0, 3, 1, 0},
              encode_request_head({test::kService, "Slow", std::chrono::nanoseconds(1), {}}, 0));
  client.request(5, "Missing");
  gate.open();
  CHECK(client.status().ok());
  CHECK(client.status().code == kGrpcDeadlineExceeded);
  CHECK(client.status().code == kUnimplemented);
  CHECK(ran == 1);
}

TEST_CASE("requests against the rules of the protocol are answered as the Go library answers them") {
  test::LambdaService service;
  test::RunningServer server(service);
  RawClient client(server);
  client.request(2, "Echo");
  CHECK(client.status().message == "StreamID must be odd for client initiated streams");
  client.request(5, "Echo", "x");
  CHECK(decode_response(client.answer()->payload).payload == "x");
  client.request(5, "Echo");
  CHECK(client.status().message == "StreamID cannot be re-used and must increment");
  client.send({0, 7, 1, 0}, "\xff\xff");
  CHECK(client.status().code == kInvalidArgument);
  client.send({0, 9, 3, 0}, "data");
  CHECK(client.status().message == "StreamID is no longer active");
  client.send({0, 9, 77, 0}, "a type of a later version");
  client.request(9, "Echo", "y");
  CHECK(decode_response(client.answer()->payload).payload == "y");
}

TEST_CASE("an oversized request is read over and refused, an oversized answer becomes an error") {
  test::LambdaService service;
  service.calls["Large"] = [](const ServerCall&, std::string_view) { return std::string(kMaxMessage, 'x'); };
  test::RunningServer server(service);
  RawClient client(server);
  client.request(1, "Echo", std::string(kMaxMessage, 'x'));
  CHECK(client.status().code == kGrpcResourceExhausted);
  client.request(3, "Large");
  CHECK(client.status().code == kGrpcResourceExhausted);
  client.request(5, "Echo", "still here");
  CHECK(decode_response(client.answer()->payload).payload == "still here");
}

TEST_CASE("garbage closes its connection, is reported, and leaves the others alone") {
  test::LambdaService service;
  std::promise<std::string> fault;
  ServerOptions options;
  options.on_fault = [&](const std::string& text) { fault.set_value(text); };
  test::Pair pair(service, options);
  RawClient client(pair.server);
  test::write_all(client.socket, "GET / HTTP/1.1\r\n\r\n");
  CHECK_FALSE(client.answer());
  CHECK(fault.get_future().get().find("something else than ttrpc") != std::string::npos);
  CHECK(pair.call("Echo", "x") == "x");
}

TEST_CASE("a handler learns that its client is gone") {
  test::LambdaService service;
  test::Gate started;
  std::promise<void> cancelled;
  service.calls["Wait"] = [&](const ServerCall& call, std::string_view) {
    started.open();
    while (!call.cancelled()) std::this_thread::yield();
    cancelled.set_value();
    return std::string();
  };
  test::RunningServer server(service);
  {
    RawClient client(server);
    client.request(1, "Wait");
    started.pass();
  }
  cancelled.get_future().get();
}

TEST_CASE("stop answers the calls in flight, takes no more, and returns") {
  test::LambdaService service;
  test::Gate started;
  test::Gate gate;
  service.calls["Slow"] = [&](const ServerCall&, std::string_view) {
    started.open();
    gate.pass();
    return std::string("done");
  };
  test::RunningServer server(service);
  Client idle(server.connect().release());
  CHECK(idle.call(test::kService, "Echo", "x") == "x");
  Client client(server.connect().release());
  auto answer = std::async(std::launch::async, [&] { return client.call(test::kService, "Slow", ""); });
  started.pass();
  server.server().stop();
  CHECK(error_of_call([&] { idle.call(test::kService, "Echo", "x"); }).code() ==
        ErrorCode::kTemporarilyUnavailable);
  CHECK(error_of_call([&] { client.call(test::kService, "Echo", "x"); }).code() ==
        ErrorCode::kTemporarilyUnavailable);
  gate.open();
  CHECK(answer.get() == "done");
  server.stop();
  CHECK(error_of_call([&] { server.connect(); }).code() == ErrorCode::kTemporarilyUnavailable);
}

TEST_CASE("stop cancels what does not end within its grace") {
  test::LambdaService service;
  test::Gate started;
  service.streams["Wait"] = [&](const ServerCall&, ServerStream& stream) {
    started.open();
    stream.receive();
  };
  ServerOptions options;
  options.stop_grace = 10ms;
  test::Pair pair(service, options);
  auto stream = pair.client.open_stream(test::kService, "Wait", std::nullopt);
  started.pass();
  pair.server.stop();
  CHECK(error_of_call([&] { stream->receive(); }).code() == ErrorCode::kTemporarilyUnavailable);
}

TEST_CASE("a handler may stop its own server") {
  test::LambdaService service;
  test::Pair pair(service);
  service.calls["Quit"] = [&](const ServerCall&, std::string_view) {
    pair.server.server().stop();
    return std::string("bye");
  };
  CHECK(pair.call("Quit") == "bye");
}

#include "plugin/ttrpc/client.h"

#include <doctest/doctest.h>

#include "plugin/ttrpc/frame_reader.h"
#include "plugin/ttrpc/frame_sender.h"
#include "plugin/ttrpc/test_server.h"

using namespace millrace::ttrpc;
using namespace std::chrono_literals;
using millrace::Error;
using millrace::ErrorCode;
using test::error_of_call;

namespace {

/// The other end of a client, spoken by hand.
struct Scripted {
  std::pair<FileDescriptor, FileDescriptor> ends = test::socket_pair();
  Client client{ends.first.release()};
  FrameReader reader{ends.second.get()};

  Frame request() {
    Frame frame;
    while (reader.next(frame) == FrameReader::Outcome::kWouldBlock) std::this_thread::yield();
    return frame;
  }
  void answer(uint32_t stream, const std::string& payload, FrameType type = FrameType::kResponse,
              uint8_t flags = 0) {
    const HeaderBytes header =
        encode_header({static_cast<uint32_t>(payload.size()), stream, static_cast<uint8_t>(type), flags});
    test::write_all(ends.second, std::string(header.data(), header.size()) + payload);
  }
};

std::string response(const std::string& payload) {
  return encode_response_head(payload.size()) + payload;
}

}  // namespace

TEST_CASE(
    "a call carries service, method, payload, metadata and time to the server and brings its answer back") {
  Scripted scripted;
  std::thread server([&] {
    const Frame frame = scripted.request();
    const DecodedRequest request = decode_request(frame.payload);
    CHECK(frame.header.stream == 1);
    CHECK(frame.header.flags == 0);
    CHECK(request.envelope.service == "a.B");
    CHECK(request.envelope.method == "C");
    CHECK(request.envelope.metadata == Metadata{{"k", "v"}});
    CHECK(request.envelope.timeout > 1s);
    CHECK(request.payload == "question");
    scripted.answer(1, response("answer"));
  });
  CallOptions options = test::within(60s);
  options.metadata = {{"k", "v"}};
  CHECK(scripted.client.call("a.B", "C", "question", options) == "answer");
  server.join();
}

TEST_CASE("a call that is not answered in time says so, and its late answer disturbs nobody") {
  Scripted scripted;
  const Error error = error_of_call([&] { scripted.client.call("a.B", "Slow", "", test::within(20ms)); });
  CHECK(error.code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(std::string(error.what()).find("a.B/Slow") != std::string::npos);
  CHECK(std::string(error.what()).find(" ms") != std::string::npos);
  scripted.answer(scripted.request().header.stream, response("late"));
  std::thread server([&] { scripted.answer(scripted.request().header.stream, response("in time")); });
  CHECK(scripted.client.call("a.B", "Quick", "") == "in time");
  CHECK(scripted.client.usable());
  server.join();
}

TEST_CASE("a call that cannot even be sent in time leaves the connection in use") {
  Scripted scripted;
  const std::string large(kMaxMessage - 100, 'x');
  CHECK(error_of_call([&] { scripted.client.call("a", "b", large, test::within(20ms)); }).code() ==
        ErrorCode::kTemporarilyUnavailable);
  std::thread server([&] {
    CHECK(scripted.request().payload.size() > large.size());
    scripted.answer(scripted.request().header.stream, response("ok"));
  });
  CHECK(scripted.client.call("a", "b", "") == "ok");
  server.join();
}

TEST_CASE("answers in another order than the questions find their callers") {
  Scripted scripted;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&, i] {
      const std::string text = std::to_string(i);
      CHECK(scripted.client.call("a", "b", text) == text);
    });
  std::vector<std::pair<uint32_t, std::string>> questions;
  for (int i = 0; i < 4; ++i) {
    const Frame frame = scripted.request();
    questions.emplace_back(frame.header.stream, decode_request(frame.payload).payload);
  }
  for (auto question = questions.rbegin(); question != questions.rend(); ++question)
    scripted.answer(question->first, response(question->second));
  for (std::thread& caller : callers) caller.join();
}

TEST_CASE("calls in flight fail at once when the peer dies, closes within a frame or talks garbage") {
  const std::string half = std::string("\0\0\0\x09\0\0\0\1\2\0", 10) + "abc";
  for (const std::string& last_words : {std::string(), half, std::string("no ttrpc at all")}) {
    Scripted scripted;
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i)
      callers.emplace_back([&] {
        CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() ==
              ErrorCode::kTemporarilyUnavailable);
      });
    for (int i = 0; i < 3; ++i) scripted.request();
    test::write_all(scripted.ends.second, last_words);
    scripted.ends.second.close();
    for (std::thread& caller : callers) caller.join();
    CHECK_FALSE(scripted.client.usable());
    CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() ==
          ErrorCode::kTemporarilyUnavailable);
  }
}

TEST_CASE("close wakes everybody from any thread") {
  Scripted scripted;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&] {
      CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() ==
            ErrorCode::kTemporarilyUnavailable);
    });
  auto stream = scripted.client.open_stream("a", "s", std::nullopt);
  callers.emplace_back(
      [&] { CHECK(error_of_call([&] { stream->receive(); }).code() == ErrorCode::kTemporarilyUnavailable); });
  for (int i = 0; i < 4; ++i) scripted.request();
  scripted.client.close();
  for (std::thread& caller : callers) caller.join();
}

TEST_CASE("an answer over the limit fails its call alone") {
  Scripted scripted;
  std::thread server([&] {
    scripted.answer(scripted.request().header.stream, std::string(kMaxMessage + 1, 'x'));
    scripted.answer(scripted.request().header.stream, response("ok"));
  });
  CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() == ErrorCode::kResourceExhausted);
  CHECK(scripted.client.call("a", "b", "") == "ok");
  server.join();
}

TEST_CASE("an answer that is no response is an error of the server") {
  Scripted scripted;
  std::thread server([&] {
    scripted.answer(scripted.request().header.stream, "x", FrameType::kData);
    scripted.answer(scripted.request().header.stream, "\xff\xff");
    scripted.answer(scripted.request().header.stream, response("ok"));
  });
  CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() == ErrorCode::kInternalError);
  CHECK(error_of_call([&] { scripted.client.call("a", "b", ""); }).code() == ErrorCode::kInternalError);
  CHECK(scripted.client.call("a", "b", "") == "ok");
  server.join();
}

TEST_CASE("a request over the limit is refused before it is sent") {
  Scripted scripted;
  const std::string large(kMaxMessage, 'x');
  CHECK(error_of_call([&] { scripted.client.call("a", "b", large); }).code() ==
        ErrorCode::kResourceExhausted);
  std::thread server([&] { scripted.answer(scripted.request().header.stream, response("ok")); });
  CHECK(scripted.client.call("a", "b", "") == "ok");
  server.join();
}

TEST_CASE("streams are opened in the two forms that the official libraries know") {
  Scripted scripted;
  const auto from_server = scripted.client.open_stream("a", "Down", "first");
  Frame frame = scripted.request();
  CHECK(frame.header.flags == kRemoteClosed);
  CHECK(decode_request(frame.payload).payload == "first");
  auto to_server = scripted.client.open_stream("a", "Up", std::nullopt);
  frame = scripted.request();
  CHECK(frame.header.flags == (kRemoteOpen | kNoData));
  CHECK(to_server->send("head,", "body"));
  CHECK(scripted.request().payload == "head,body");
  to_server->close_send();
  frame = scripted.request();
  CHECK(frame.header.flags == (kRemoteClosed | kNoData));
  CHECK(frame.payload.empty());
}

TEST_CASE("a stream ends by a closing frame, by an answer or by an error, after what came before it") {
  Scripted scripted;
  const auto open = [&] {
    auto stream = scripted.client.open_stream("a", "Down", "");
    return std::make_pair(std::move(stream), scripted.request().header.stream);
  };
  auto [closed, closed_id] = open();
  scripted.answer(closed_id, "", FrameType::kData);  // An empty message is a message.
  scripted.answer(closed_id, "last", FrameType::kData, kRemoteClosed);
  CHECK(closed->receive() == "");
  CHECK(closed->receive() == "last");
  CHECK_FALSE(closed->receive());
  CHECK_FALSE(closed->receive());

  auto [answered, answered_id] = open();
  scripted.answer(answered_id, response("sum"));
  CHECK(answered->receive() == "sum");
  CHECK_FALSE(answered->receive());

  auto [failed, failed_id] = open();
  scripted.answer(failed_id, "data", FrameType::kData);
  scripted.answer(failed_id, encode_error_response({5, "gone", ""}));
  CHECK(failed->receive() == "data");
  CHECK(error_of_call([&] { failed->receive(); }).code() == ErrorCode::kResourceDoesNotExist);
}

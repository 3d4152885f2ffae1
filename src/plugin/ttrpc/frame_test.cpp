#include "plugin/ttrpc/frame.h"

#include <doctest/doctest.h>

#include "plugin/ttrpc/frame_reader.h"
#include "plugin/ttrpc/frame_sender.h"
#include "plugin/ttrpc/test_server.h"

using namespace millrace::ttrpc;
using millrace::Error;
using millrace::ErrorCode;
using Outcome = FrameReader::Outcome;

namespace {

std::string frame_bytes(uint32_t stream, FrameType type, const std::string& payload) {
  const HeaderBytes header =
      encode_header({static_cast<uint32_t>(payload.size()), stream, static_cast<uint8_t>(type), 0});
  return std::string(header.data(), header.size()) + payload;
}

struct Reading {
  std::pair<FileDescriptor, FileDescriptor> ends = test::socket_pair();
  FrameReader reader{ends.second.get()};
  Frame frame;

  void write(std::string_view bytes) { test::write_all(ends.first, bytes); }
  Outcome next() { return reader.next(frame); }
};

}  // namespace

TEST_CASE("a header is ten bytes, length and stream in network order") {
  const HeaderBytes bytes = encode_header({0x00010203, 0x04050607, 2, kRemoteClosed | kNoData});
  CHECK(std::string(bytes.data(), bytes.size()) == std::string("\0\1\2\3\4\5\6\7\2\5", 10));
  const FrameHeader header = decode_header(bytes.data());
  CHECK(header.length == 0x00010203);
  CHECK(header.stream == 0x04050607);
  CHECK(header.is(FrameType::kResponse));
  CHECK(header.has(kNoData));
  CHECK_FALSE(header.has(kRemoteOpen));
}

TEST_CASE("frames that come in one piece are told apart") {
  Reading reading;
  reading.write(frame_bytes(1, FrameType::kRequest, "one") + frame_bytes(3, FrameType::kData, ""));
  CHECK(reading.next() == Outcome::kFrame);
  CHECK(reading.frame.payload == "one");
  CHECK(reading.reader.buffered());
  CHECK(reading.next() == Outcome::kFrame);
  CHECK(reading.frame.header.stream == 3);
  CHECK_FALSE(reading.reader.buffered());
  CHECK(reading.next() == Outcome::kWouldBlock);
}

TEST_CASE("a frame that comes byte by byte is whole in the end") {
  Reading reading;
  const std::string bytes = frame_bytes(7, FrameType::kResponse, "answer");
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    reading.write(bytes.substr(i, 1));
    CHECK(reading.next() == Outcome::kWouldBlock);
  }
  reading.write(bytes.substr(bytes.size() - 1));
  CHECK(reading.next() == Outcome::kFrame);
  CHECK(reading.frame.payload == "answer");
}

TEST_CASE("a message of 4 MiB passes, and one byte more is read over") {
  Reading reading;
  std::thread writer([&] {
    reading.write(frame_bytes(1, FrameType::kData, std::string(kMaxMessage, 'x')));
    reading.write(frame_bytes(3, FrameType::kData, std::string(kMaxMessage + 1, 'y')));
    reading.write(frame_bytes(5, FrameType::kData, "after"));
  });
  const auto next = [&] {
    while (reading.next() == Outcome::kWouldBlock) std::this_thread::yield();
  };
  next();
  CHECK(reading.frame.payload.size() == kMaxMessage);
  next();
  CHECK(reading.frame.oversized());
  CHECK(reading.frame.payload.empty());
  next();
  CHECK(reading.frame.payload == "after");
  writer.join();
}

TEST_CASE("the end of the connection is told from an end within a message, and both from garbage") {
  Reading whole;
  whole.write(frame_bytes(1, FrameType::kData, "x"));
  whole.ends.first.close();
  CHECK(whole.next() == Outcome::kFrame);
  CHECK(whole.next() == Outcome::kClosed);

  Reading half;
  half.write(frame_bytes(1, FrameType::kData, "xyz").substr(0, 12));
  half.ends.first.close();
  CHECK(test::error_of_call([&] { half.next(); }).what() ==
        std::string("The connection ended within a message"));

  Reading garbage;
  garbage.write("GET / HTTP/1.1\r\n");
  CHECK(test::error_of_call([&] { garbage.next(); }).code() == ErrorCode::kTemporarilyUnavailable);
}

TEST_CASE("a sender whose deadline passes within a frame leaves whole frames behind") {
  auto ends = test::socket_pair();
  FrameSender sender(ends.first.get(), [](auto) { std::this_thread::yield(); });
  const std::string large(kMaxMessage, 'l');
  Outgoing message;
  message.stream = 1;
  message.body = large;
  {
    FrameSender::Turn turn(sender, kNoDeadline);
    CHECK(turn.send(message, Clock::now() + std::chrono::milliseconds(20)));
  }
  CHECK(sender.owes());
  {
    FrameSender::Turn turn(sender, kNoDeadline);
    CHECK_FALSE(turn.send(message, Clock::now()));
  }
  FrameReader reader(ends.second.get());
  Frame frame;
  while (reader.next(frame) == Outcome::kWouldBlock) sender.pay();
  CHECK(frame.payload == large);
  CHECK_FALSE(sender.owes());
  sender.post({0, 9, 3, kRemoteClosed | kNoData});
  CHECK(reader.next(frame) == Outcome::kFrame);
  CHECK(frame.header.stream == 9);
}

TEST_CASE("a message over the limit is not sent at all") {
  auto ends = test::socket_pair();
  FrameSender sender(ends.first.get(), [](auto) {});
  const std::string large(kMaxMessage, 'l');
  Outgoing message;
  message.head = "1";
  message.body = large;
  FrameSender::Turn turn(sender, kNoDeadline);
  CHECK(test::error_of_call([&] { turn.send(message, kNoDeadline); }).code() ==
        ErrorCode::kResourceExhausted);
  message.body = "2";
  CHECK(turn.send(message, kNoDeadline));
  Frame frame;
  CHECK(FrameReader(ends.second.get()).next(frame) == Outcome::kFrame);
  CHECK(frame.payload == "12");
}

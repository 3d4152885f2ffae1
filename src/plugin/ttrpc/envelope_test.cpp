#include "plugin/ttrpc/envelope.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace millrace::ttrpc;
using millrace::Error;

TEST_CASE("a request is written as protobuf writes it, the payload last") {
  const RequestEnvelope request{"svc", "Do", std::chrono::nanoseconds(300), {{"k", "v"}}};
  const std::string bytes = encode_request_head(request, 2) + "pp";
  CHECK(bytes == std::string("\x0a\x03svc\x12\x02"
                             "Do\x20\xac\x02\x2a\x06\x0a\x01k\x12\x01v\x1a\x02pp"));
  const DecodedRequest decoded = decode_request(bytes);
  CHECK(decoded.envelope.service == "svc");
  CHECK(decoded.envelope.method == "Do");
  CHECK(decoded.envelope.timeout.count() == 300);
  CHECK(decoded.envelope.metadata == Metadata{{"k", "v"}});
  CHECK(decoded.payload == "pp");
}

TEST_CASE("metadata may be empty") {
  const std::string bytes = encode_request_head({"s", "m", {}, {{"", ""}, {"k", ""}}}, 0);
  CHECK(decode_request(bytes).envelope.metadata == Metadata{{"", ""}, {"k", ""}});
}

TEST_CASE("fields that are not known are passed over, whatever their type") {
  const std::string unknown(
      "\x78\x96\x01\x71"
      "12345678"
      "\x75"
      "1234"
      "\x7a\x02zz",
      21);
  const std::string bytes = unknown + encode_response_head(3) + "abc" + unknown;
  const DecodedResponse decoded = decode_response(bytes);
  CHECK(decoded.payload == "abc");
  CHECK(decoded.status.ok());
}

TEST_CASE("a status keeps its code, message and error code; details of others are passed over") {
  const DecodedResponse decoded =
      decode_response(encode_error_response({5, "No run 'x'", "ENDPOINT_NOT_FOUND"}));
  CHECK(decoded.status.code == 5);
  CHECK(decoded.status.message == "No run 'x'");
  CHECK(decoded.status.error_code == "ENDPOINT_NOT_FOUND");
  // Status{code=5, details=[Any{type_url="other", value="\n\1x"}]}
  const DecodedResponse other =
      decode_response(std::string("\x0a\x10\x08\x05\x1a\x0c\x0a\x05other\x12\x03\x0a\x01x"));
  CHECK(other.status.code == 5);
  CHECK(other.status.error_code.empty());
}

TEST_CASE("what is cut off or malformed is refused") {
  const std::string whole = encode_request_head({"service", "Method", {}, {{"key", "value"}}}, 1) + "p";
  for (size_t size = 1; size < whole.size(); ++size) {
    // Cut between two fields it is a smaller message; cut within one it is none.
    try {
      const DecodedRequest cut = decode_request(std::string_view(whole).substr(0, size));
      CHECK(cut.payload.empty());
    } catch (const Error& error) {
      CHECK(error.code() == millrace::ErrorCode::kInvalidParameterValue);
    }
  }
  CHECK_THROWS_AS(decode_request("\x0a\x05"
                                 "abc"),
                  Error);
  CHECK_THROWS_AS(decode_request("\x0b"), Error);
  CHECK_THROWS_AS(decode_response(std::string(11, '\xff')), Error);
}

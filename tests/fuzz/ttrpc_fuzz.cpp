// Any bytes as what a ttrpc connection carries: frames come out whole, however the bytes are cut, or the
// connection is refused; what is in them is refused or, written again, means the same.

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/error.h"
#include "plugin/ttrpc/envelope.h"
#include "plugin/ttrpc/frame_reader.h"

namespace {

using namespace millrace::ttrpc;

/// The payloads that come out when the bytes go in by pieces of `piece`; the last entry tells how it ended.
std::vector<std::string> payloads(std::string_view bytes, size_t piece) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) std::abort();
  std::vector<std::string> read;
  try {
    FrameReader reader(ends[1]);
    Frame frame;
    for (auto outcome = FrameReader::Outcome::kWouldBlock; outcome != FrameReader::Outcome::kClosed;) {
      const std::string_view next = bytes.substr(0, piece);
      bytes.remove_prefix(next.size());
      if (next.empty())
        shutdown(ends[0], SHUT_WR);
      else if (send(ends[0], next.data(), next.size(), 0) < 0)
        std::abort();
      while ((outcome = reader.next(frame)) == FrameReader::Outcome::kFrame) read.push_back(frame.payload);
    }
    read.emplace_back("closed");
  } catch (const millrace::Error& error) {
    read.emplace_back(error.what());
  }
  close(ends[0]);
  close(ends[1]);
  return read;
}

void check_request(std::string_view bytes) {
  try {
    const DecodedRequest request = decode_request(bytes);
    const std::string again =
        encode_request_head(request.envelope, request.payload.size()).append(request.payload);
    const DecodedRequest same = decode_request(again);
    if (same.envelope.service != request.envelope.service ||
        same.envelope.timeout != request.envelope.timeout ||
        same.envelope.metadata != request.envelope.metadata || same.payload != request.payload)
      std::abort();
  } catch (const millrace::Error&) {
  }
}

void check_response(std::string_view bytes) {
  try {
    const DecodedResponse response = decode_response(bytes);
    const Status same = decode_response(encode_error_response(response.status)).status;
    if (same.code != response.status.code || same.message != response.status.message ||
        same.error_code != response.status.error_code)
      std::abort();
  } catch (const millrace::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text.empty() && payloads(text, text.size()) != payloads(text, 7)) std::abort();
  check_request(text);
  check_response(text);
  return 0;
}

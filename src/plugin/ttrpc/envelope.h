#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/ttrpc/status.h"

namespace millrace::ttrpc {

/// The messages that ttrpc's request and response frames carry, in the protobuf wire format and written by
/// hand: this library is linked into a host and into the plugins of the same process, where generated code
/// would register its descriptors twice.

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// message Request{service=1, method=2, payload=3, timeout_nano=4, metadata=5}.
struct RequestEnvelope {
  std::string_view service;
  std::string_view method;
  std::chrono::nanoseconds timeout{0};  ///< Zero means no limit.
  Metadata metadata;
};

/// All of a request but the bytes of its payload, which the caller sends behind it.
std::string encode_request_head(const RequestEnvelope& request, size_t payload_size);

struct DecodedRequest {
  RequestEnvelope envelope;
  std::string_view payload;
};

/// Views into `bytes`. Throws INVALID_PARAMETER_VALUE when they are no such message.
DecodedRequest decode_request(std::string_view bytes);

/// All of a successful response but the bytes of its payload, which the caller sends behind it.
std::string encode_response_head(size_t payload_size);
/// The whole response of a call that failed.
std::string encode_error_response(const Status& status);

struct DecodedResponse {
  Status status;
  std::string_view payload;
};

/// Views into `bytes`. Throws INTERNAL_ERROR when they are no such message.
DecodedResponse decode_response(std::string_view bytes);

}  // namespace millrace::ttrpc

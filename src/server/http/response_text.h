#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace millrace::http {

/// What the session decides about one answer.
struct Framing {
  bool keep_alive = true;
  bool http_1_0 = false;                   ///< The client speaks HTTP/1.0: no chunked coding.
  std::optional<uint64_t> content_length;  ///< Absent: chunked, or to the end of the connection for HTTP/1.0.
};

/// Status line and header fields of an answer, with the blank line behind them.
std::string response_head(const Response& response, const Framing& framing, std::string_view request_id);

/// Compresses a body held in memory with gzip (RFC 1952) when it is worth it and the client takes it: text or
/// JSON of at least 8 KiB. Adds Content-Encoding and Vary.
void compress_if_useful(Response& response, const RequestHead& head);

/// The reason phrase of a status, "OK".
std::string_view reason_phrase(int status);

}  // namespace millrace::http

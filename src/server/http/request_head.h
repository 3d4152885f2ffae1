#pragma once

#include <string>
#include <string_view>

#include "server/http/message.h"

namespace millrace::http {

/// Splits a request target into path and query; of an absolute-form target (RFC 9112) the authority is
/// dropped.
void set_target(RequestHead& head, std::string_view target);

/// The path is absolute and holds no control characters; "*" is sound for OPTIONS.
bool is_sound_target(const RequestHead& head);

/// The client's X-Request-ID when it is 1 to 64 characters of [A-Za-z0-9._-], otherwise a new one.
std::string request_id_of(const RequestHead& head);

/// The client waits for "100 Continue" before it sends the body.
bool expects_continue(const RequestHead& head);

/// The line before a chunk of that size in chunked coding.
std::string chunk_head(size_t size);

}  // namespace millrace::http

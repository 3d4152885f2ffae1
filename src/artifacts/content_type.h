#pragma once

#include <string>
#include <string_view>

namespace millrace::artifacts {

/// The media type for a file's name. What a browser would run as a script of our origin is told as plain text
/// where the reference does so; unknown endings are application/octet-stream.
std::string content_type_for(std::string_view file_name);

/// A Content-Disposition (RFC 6266) that makes browsers save the file under its name.
std::string attachment_disposition(std::string_view file_name);

}  // namespace millrace::artifacts

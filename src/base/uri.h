#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// A URI taken apart by RFC 3986; views into the text that was parsed. `scheme` is empty for plain paths.
struct Uri {
  std::string_view scheme;
  std::string_view authority;  ///< host and port, without user information stripped
  std::string_view path;       ///< still percent-encoded
  std::string_view query;      ///< without the '?'
  std::string_view fragment;   ///< without the '#'
  bool has_authority = false;  ///< "//" was there, even if nothing followed it
};

/// Never fails: what is not of the form scheme ":" ... is a path.
Uri parse_uri(std::string_view text);

/// `uri` with "/" and `suffix` appended to its path; query and fragment stay behind it.
std::string append_to_uri_path(std::string_view uri, std::string_view suffix);

}  // namespace millrace

#pragma once

#include <string>
#include <string_view>

namespace millrace::artifacts {

/// Names that start with this are kept by repositories for themselves.
inline constexpr std::string_view kReservedPrefix = ".millrace-";

/// A path of an artifact as repositories see it: relative, components separated by one '/', none of them
/// empty, "." or
/// "..". Empty and "." components of `path` are dropped. Throws INVALID_PARAMETER_VALUE "Invalid path" for
/// what could lead outside of the root in any encoding that a later stage might undo: absolute paths, "..",
/// backslashes, drive letters, control characters, '#', percent-encoded forms of these to any depth, text
/// that is not UTF-8, and for reserved names. The router has decoded `path` once.
std::string checked_path(std::string_view path);

/// The same, and the path must not be empty.
std::string checked_file_path(std::string_view path);

/// "a/b" and "c" give "a/b/c"; either may be empty.
std::string join_path(std::string_view a, std::string_view b);

/// "a/b" gives "b"; what has no '/' comes whole.
std::string last_component(std::string_view path);

}  // namespace millrace::artifacts

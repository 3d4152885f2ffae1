#pragma once

#include <string>
#include <string_view>

namespace millrace::plugin {

/// The scheme of a URI by RFC 3986, in lower case: "mssql+pyodbc" of "MSSQL+pyodbc://h/db", "file-plugin" of
/// "file-plugin:/path", "my-scheme" of "my-scheme:test". Empty for local paths: what has no scheme ("./runs",
/// a bare word) and what starts with a Windows drive ("C:\runs"). Never fails.
std::string scheme_of(std::string_view uri);

/// Whether `text` alone could be the scheme of a URI: a letter, then letters, digits, '+', '-', '.'; two
/// characters at least, as a single letter is a drive.
bool is_scheme(std::string_view text);

/// What stands before the first '+': "mssql" of "mssql+pyodbc". Empty when there is no '+'.
std::string_view driver_part(std::string_view scheme);

std::string to_lower(std::string_view text);

}  // namespace millrace::plugin

#pragma once

#include <string_view>
#include <vector>

namespace millrace::sql::mssql {

/// Where `word` stands in a piece of SQL, outside of texts in quotes and of parentheses that open in it;
/// npos: nowhere before its end or before a parenthesis that closes more than was opened.
size_t find_at_top(std::string_view sql, std::string_view word);

/// The piece up to a parenthesis that closes more than was opened, or whole.
std::string_view up_to_closing(std::string_view sql);

/// What stands between commas outside of quotes and parentheses, without blanks around.
std::vector<std::string_view> split_at_commas(std::string_view sql);

}  // namespace millrace::sql::mssql

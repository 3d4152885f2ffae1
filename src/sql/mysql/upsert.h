#pragma once

#include <string>
#include <string_view>

namespace millrace::sql::mysql {

/// What stands for `clause`, all that follows "ON CONFLICT" in `statement`: see translate(). An assignment
/// sees what those before it changed, so with a condition on a tuple the columns beside it go first and then
/// those of the tuple from its end: at each, what was assigned already can only have made the tuples' equal.
std::string upsert(std::string_view statement, std::string_view clause);

}  // namespace millrace::sql::mysql

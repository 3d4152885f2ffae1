#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sql/mssql/dialect.h"

namespace millrace::sql::mssql {

/// All values of one parameter that is a list.
using List =
    std::variant<std::vector<std::string>, std::vector<int64_t>, std::vector<double>, std::vector<char>>;

/// Lists of the same length as the text that OPENJSON reads: an array of rows, each an array.
std::string json_of(const std::vector<const List*>& lists);

/// What reads it: "OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (name TYPE '$[0]', ...)". Texts that are compared
/// with a column of the schema have a type whose comparison can use an index: VARCHAR where that has all of
/// Unicode (`utf8`: the database's collation is one of UTF-8), else NVARCHAR.
std::string table_of(const std::vector<Piece::Column>& columns, const std::vector<const List*>& lists,
                     bool utf8);

}  // namespace millrace::sql::mssql

#pragma once

#include <string>

#include "sql/connection.h"

namespace millrace::sql {

/// Reads a key and its value, a tag or a param, from two neighbouring columns.
template <typename Pair>
void read_pair(const Statement& row, int key_column, Pair& pair) {
  pair.set_key(std::string(row.text(key_column)));
  pair.set_value(std::string(row.text(key_column + 1)));
}

}  // namespace millrace::sql

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::server::graphql {

/// An argument's value as JSON text; "$name" stands for a variable where `is_variable` is set.
struct Argument {
  std::string name;
  std::string json;
  bool is_variable = false;
};

/// A field, or the spread of a fragment (`fragment` set, inline ones merged by the parser).
struct Selection {
  std::string alias;
  std::string name;
  std::string fragment;
  std::vector<Argument> arguments;
  std::vector<Selection> children;
};

/// The part of GraphQL (October 2021) that queries use: one operation, fragments, arguments, variables,
/// aliases. Directives and variable types are read and passed over.
struct Document {
  std::vector<Selection> operation;
  std::map<std::string, std::vector<Selection>> fragments;
};

/// Throws INVALID_PARAMETER_VALUE for what is no query, for more than one operation, and beyond 10 levels or
/// 1,000 selections.
Document parse_document(std::string_view text);

}  // namespace millrace::server::graphql

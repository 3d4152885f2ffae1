#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::sql::odbc {

/// What ODBC takes to connect: "name=value;" for each attribute. A value that could end its attribute or
/// begin another is put in braces, so that none can.
class ConnectionString {
 public:
  using Attribute = std::pair<std::string, std::string>;

  /// Takes one apart that somebody else wrote. Throws INVALID_PARAMETER_VALUE, with nothing of it in the
  /// message, where an attribute has no '=' or a brace no end.
  static ConnectionString parse(std::string_view text);

  void add(std::string name, std::string value) {
    attributes_.emplace_back(std::move(name), std::move(value));
  }
  /// The first value of that name, whose case does not matter; null: none.
  const std::string* find(std::string_view name) const;
  const std::vector<Attribute>& attributes() const { return attributes_; }
  /// The whole of it, which may have a password.
  std::string text() const;

 private:
  std::vector<Attribute> attributes_;
};

/// Equal but for the case of ASCII letters, as ODBC compares names.
bool same_name(std::string_view a, std::string_view b);

}  // namespace millrace::sql::odbc

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::wire {

/// Builds the text of a JSON object, its members in the order in which they are added. For small
/// reports.
class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& texts(std::string_view name, const std::vector<std::string>& values);
  JsonObject& truth(std::string_view name, bool value);
  JsonObject& number(std::string_view name, int64_t value);

  /// Adds a value that is JSON already.
  JsonObject& json(std::string_view name, std::string_view value);

  std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

/// A list of what is JSON already.
std::string json_list(const std::vector<std::string>& values);

}  // namespace millrace::wire

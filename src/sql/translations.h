#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace millrace::sql {

/// Statements of the stores as a dialect has put them into its database's words, each once. Searches make
/// many texts, and long ones: those are not kept, and of the others no more than 256, since a cache that
/// takes all and never forgets would grow with what strangers ask. One thread at a time.
template <typename Template>
class Translations {
 public:
  std::shared_ptr<const Template> of(std::string_view sql, Template (*translate)(std::string_view)) {
    const auto found = texts_.find(sql);
    if (found != texts_.end()) return found->second;
    auto text = std::make_shared<const Template>(translate(sql));
    if (texts_.size() >= kLargest) texts_.clear();
    if (sql.size() <= kLongest) texts_.emplace(sql, text);
    return text;
  }

 private:
  static constexpr size_t kLargest = 256;
  static constexpr size_t kLongest = 4096;  // bytes
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, std::shared_ptr<const Template>, Hash, std::equal_to<>> texts_;
};

}  // namespace millrace::sql

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SHA-256 of a token. Tokens themselves are never kept.
using TokenHash = std::array<unsigned char, 32>;

struct Holder {
  std::string user;
  std::vector<std::string> groups;
  int64_t expires_at = 0;  ///< seconds since the Unix epoch; 0: never
};

/// What a file of tokens says. Constant after it was read; any thread. Lines of the file, blank ones and
/// comments (#) aside:
///
///     <SHA-256 of the token, 64 hex digits>  <user>  <groups, separated by commas, or ->  <2027-01-31, or
///     never>
///
/// A token is good until the end of that day, UTC.
class TokenFile {
 public:
  /// Throws INVALID_PARAMETER_VALUE with file and line, RESOURCE_DOES_NOT_EXIST when it cannot be read. The
  /// text of a line is never shown: somebody may have written a token where its hash belongs.
  explicit TokenFile(const std::string& path);

  /// Who holds the token, expired or not; empty when nobody does. Takes equally long whichever it is.
  std::optional<Holder> find(std::string_view token) const;
  /// Whether a token of that user has not expired at `now`.
  bool knows(const std::string& user, int64_t now) const;
  size_t size() const { return entries_.size(); }
  size_t count_expired(int64_t now) const;

 private:
  struct Entry {
    TokenHash hash;
    Holder holder;
  };
  std::vector<Entry> entries_;
};

inline bool has_expired(const Holder& holder, int64_t now) {
  return holder.expires_at != 0 && now >= holder.expires_at;
}

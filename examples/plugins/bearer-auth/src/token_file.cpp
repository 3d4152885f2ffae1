#include "token_file.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "base/error.h"

namespace {

constexpr size_t kMostTokens = 10'000;
constexpr size_t kLongestName = 256;

struct BadLine {
  std::string what;
};

TokenHash hash_from(const std::string& digits) {
  TokenHash hash{};
  if (digits.size() != 2 * hash.size() ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    throw BadLine{"the first word is no SHA-256 in 64 hex digits"};
  for (size_t i = 0; i < hash.size(); ++i)
    hash[i] = static_cast<unsigned char>(std::stoi(digits.substr(2 * i, 2), nullptr, 16));
  return hash;
}

// Names go into logs, headers and JSON as they are.
std::string checked_name(const std::string& name, const char* what) {
  const bool legal = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._@+-").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (name.empty() || name.size() > kLongestName || !legal)
    throw BadLine{std::string("the ") + what + " has other characters than letters, digits and ._@+-"};
  return name;
}

std::vector<std::string> groups_from(const std::string& text) {
  std::vector<std::string> groups;
  if (text == "-") return groups;
  std::istringstream parts(text);
  for (std::string group; std::getline(parts, group, ',');)
    groups.push_back(checked_name(group, "name of a group"));
  return groups;
}

int64_t expiry_from(const std::string& text) {
  if (text == "never") return 0;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char rest = 0;
  const bool shaped = std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) == 3;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!shaped || !date.ok()) throw BadLine{"the expiry is neither a day like 2027-01-31 nor 'never'"};
  return duration_cast<seconds>((sys_days(date) + days(1)).time_since_epoch()).count();
}

Holder holder_from(std::istringstream& words) {
  std::string user;
  std::string groups;
  std::string expiry;
  std::string rest;
  if (!(words >> user >> groups >> expiry) || (words >> rest))
    throw BadLine{"expected four words: SHA-256, user, groups and expiry"};
  return {checked_name(user, "user"), groups_from(groups), expiry_from(expiry)};
}

}  // namespace

TokenFile::TokenFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) millrace::throw_not_found("The file of tokens '" + path + "' cannot be read.");
  std::set<TokenHash> seen;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::istringstream words(line);
    std::string digits;
    if (!(words >> digits) || digits.starts_with('#')) continue;
    try {
      if (entries_.size() == kMostTokens) throw BadLine{"there are more than 10,000 tokens"};
      entries_.push_back({hash_from(digits), holder_from(words)});
      if (!seen.insert(entries_.back().hash).second) throw BadLine{"this token has a line already"};
    } catch (const BadLine& bad) {
      millrace::throw_invalid_parameter(path + ":" + std::to_string(number) + ": " + bad.what + ".");
    }
  }
}

std::optional<Holder> TokenFile::find(std::string_view token) const {
  TokenHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) found = &entry;
  }
  return found == nullptr ? std::nullopt : std::optional(found->holder);
}

bool TokenFile::knows(const std::string& user, int64_t now) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.holder.user == user && !has_expired(entry.holder, now);
  });
}

size_t TokenFile::count_expired(int64_t now) const {
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), [now](const Entry& entry) {
    return has_expired(entry.holder, now);
  }));
}

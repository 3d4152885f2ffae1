#include "wire/bare_numbers.h"

#include <array>

namespace millrace::wire {
namespace {

constexpr std::array<std::string_view, 3> kWords{"NaN", "Infinity", "-Infinity"};

std::string_view word_at(std::string_view rest) {
  for (const std::string_view word : kWords) {
    if (rest.starts_with(word)) return word;
  }
  return {};
}

// Index behind the string that starts at `quote`, or the end of the body when it is not closed.
size_t end_of_string(std::string_view body, size_t quote) {
  for (size_t i = quote + 1; i < body.size(); ++i) {
    if (body[i] == '\\') {
      ++i;
    } else if (body[i] == '"') {
      return i + 1;
    }
  }
  return body.size();
}

}  // namespace

std::string quote_bare_numbers(std::string_view body) {
  std::string result;
  result.reserve(body.size() + 64);
  for (size_t i = 0; i < body.size();) {
    if (body[i] == '"') {
      const size_t end = end_of_string(body, i);
      result.append(body.substr(i, end - i));
      i = end;
      continue;
    }
    const std::string_view word = word_at(body.substr(i));
    if (word.empty()) {
      result += body[i++];
    } else {
      result.append(1, '"').append(word).append(1, '"');
      i += word.size();
    }
  }
  return result;
}

}  // namespace millrace::wire

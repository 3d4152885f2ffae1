#include "server/http/request_head.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"

namespace millrace::http {

void set_target(RequestHead& head, std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const size_t slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  target = target.substr(0, target.find('#'));
  const size_t mark = target.find('?');
  head.path = std::string(target.substr(0, mark));
  head.query = mark == std::string_view::npos ? "" : std::string(target.substr(mark + 1));
}

bool is_sound_target(const RequestHead& head) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (head.path == "*") return head.method == "OPTIONS";
  return head.path.starts_with('/') && std::none_of(head.path.begin(), head.path.end(), is_control) &&
         std::none_of(head.query.begin(), head.query.end(), is_control);
}

std::string request_id_of(const RequestHead& head) {
  const std::string_view given = head.headers.get("X-Request-ID");
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (!given.empty() && given.size() <= 64 && std::all_of(given.begin(), given.end(), is_plain))
    return std::string(given);
  return random_token(16);
}

bool expects_continue(const RequestHead& head) {
  const std::string_view expected = head.headers.get("Expect");
  constexpr std::string_view kContinue = "100-continue";
  return expected.size() == kContinue.size() &&
         std::equal(expected.begin(), expected.end(), kContinue.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string chunk_head(size_t size) {
  char buffer[20];
  const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, size, 16);
  return std::string(buffer, end) + "\r\n";
}

}  // namespace millrace::http

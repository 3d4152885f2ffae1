#include "server_app.h"

#include <algorithm>
#include <cctype>

namespace sample_plugin {
namespace {

using namespace millrace;

constexpr size_t kShortestToken = 16;
constexpr size_t kLongestUser = 256;
// Seconds for which the host may keep an answer: a token that was taken away works no longer than that.
constexpr int kValid = 10;

// Looks at every byte, so that the time tells nothing but the length.
bool same(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i] ^ b[b.empty() ? 0 : i % b.size()]);
  return difference == 0;
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view kBearer = "bearer";
  return std::equal(scheme.begin(), scheme.end(), kBearer.begin(), kBearer.end(),
                    [](unsigned char c, char expected) { return std::tolower(c) == expected; });
}

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(' ');
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(' ') - start + 1);
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options) {
  const Secret tokens = options.secret("tokens");
  std::string_view rest = tokens.reveal();
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view entry = trimmed(rest.substr(0, comma));
    const size_t equals = std::min(entry.find('='), entry.size());
    const std::string_view token = entry.substr(std::min(equals + 1, entry.size()));
    if (equals == 0 || equals > kLongestUser || token.size() < kShortestToken) {
      throw_invalid_parameter(
          "The setting 'tokens' must be USER=TOKEN, separated by commas, each token of at least 16 "
          "characters.");
    }
    users_.push_back({std::string(entry.substr(0, equals)), Secret(token)});
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

v1::plugin::Authentication SamplePlugin::authenticate(const CallContext&,
                                                      const v1::plugin::Credentials& request) {
  const std::string_view header = request.authorization();
  const size_t blank = std::min(header.find(' '), header.size());
  const std::string_view token = header.substr(std::min(blank + 1, header.size()));
  const std::string user = is_bearer(header.substr(0, blank)) ? user_of(token) : "";
  v1::plugin::Authentication answer;
  if (user.empty()) {
    answer.set_message("Send the header 'Authorization: Bearer TOKEN' with a token that is valid.");
    answer.add_challenges("Bearer realm=\"millrace\"");
    return answer;
  }
  answer.set_authenticated(true);
  answer.set_principal(user);
  answer.set_valid_seconds(kValid);
  return answer;
}

// Compares with every token, so that the time does not tell which.
std::string SamplePlugin::user_of(std::string_view token) const {
  std::string found;
  for (const User& user : users_) {
    if (same(token, user.token.reveal())) found = user.name;
  }
  return found;
}

}  // namespace sample_plugin

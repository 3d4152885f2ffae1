#include "registry/webhooks/rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/uri.h"
#include "registry/rules/names.h"
#include "registry/webhooks/addresses.h"
#include "registry/webhooks/event_names.h"
#include "tracking/rules/names.h"

namespace millrace::registry {
namespace {

using v1::WebhookEvent;

// The widths of the columns that the reference keeps them in.
constexpr size_t kLongestName = 63;
constexpr size_t kLongestDescription = 1000;
constexpr size_t kLongestUrl = 500;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && is_letter_or_digit(name.front()) &&
         is_letter_or_digit(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

// "user:password@[::1]:8443" names the host "::1".
std::string host_of(std::string_view authority) {
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
  return std::string(authority.substr(0, authority.find(':')));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

void check_scheme(std::string_view scheme, const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), lower_case(scheme)) != allowed.end()) return;
  throw_invalid_parameter("Invalid webhook URL scheme: '" + std::string(scheme) + "'. Allowed schemes are: " +
                          joined(allowed) + "; MLFLOW_WEBHOOK_ALLOWED_SCHEMES on the server sets them.");
}

const std::map<WebhookEvent::Entity, std::set<std::string>>& known_actions() {
  static const std::set<std::string> kMade{"created"};
  static const std::set<std::string> kTag{"deleted", "set"};
  static const std::set<std::string> kAlias{"created", "deleted"};
  static const std::map<WebhookEvent::Entity, std::set<std::string>> kActions{
      {WebhookEvent::REGISTERED_MODEL, kMade}, {WebhookEvent::MODEL_VERSION, kMade},
      {WebhookEvent::MODEL_VERSION_TAG, kTag}, {WebhookEvent::MODEL_VERSION_ALIAS, kAlias},
      {WebhookEvent::PROMPT, kMade},           {WebhookEvent::PROMPT_VERSION, kMade},
      {WebhookEvent::PROMPT_TAG, kTag},        {WebhookEvent::PROMPT_VERSION_TAG, kTag},
      {WebhookEvent::PROMPT_ALIAS, kAlias},    {WebhookEvent::BUDGET_POLICY, {"exceeded"}},
  };
  return kActions;
}

}  // namespace

void check_webhook_name(const std::string& name) {
  if (is_name(name)) return;
  throw_invalid_parameter("Webhook name " + tracking::quoted(tracking::first_characters(name, 100)) +
                          " is invalid. It must begin and end with a letter or digit, have at most 63 "
                          "characters, and consist of letters, digits, dots, underscores and hyphens.");
}

void check_webhook_description(const std::string& description) {
  tracking::check_length(description, kLongestDescription, "description");
}

void check_webhook_url(const std::string& url, const WebhookSettings& settings) {
  tracking::check_length(url, kLongestUrl, "url");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (std::any_of(url.begin(), url.end(), is_control))
    throw_invalid_parameter("Webhook URL must not contain blanks and control characters.");
  const Uri uri = parse_uri(url);
  check_scheme(uri.scheme, settings.allowed_schemes);
  const std::string host = host_of(uri.authority);
  if (host.empty()) throw_invalid_parameter("Webhook URL must include a hostname.");
  if (!settings.allow_private_addresses && names_private_address(host)) {
    throw_invalid_parameter("Webhook URL must not lead to a non-public IP address, as '" + host +
                            "' does, unless the server is started with --webhook-allow-private.");
  }
}

void check_webhook_event(const WebhookEvent& event) {
  const auto known = known_actions().find(event.entity());
  if (known == known_actions().end()) throw_invalid_parameter("A webhook event lacks its 'entity'.");
  const std::string action = action_name(event.action());
  if (known->second.contains(action)) return;
  throw_invalid_parameter("Invalid action '" + action + "' for entity '" + entity_name(event.entity()) +
                          "'. Valid actions are: " + joined({known->second.begin(), known->second.end()}) +
                          ".");
}

WebhookEvents canonical_events(const WebhookEvents& events) {
  std::map<std::pair<std::string, std::string>, const WebhookEvent*> by_name;
  for (const WebhookEvent& event : events) {
    check_webhook_event(event);
    by_name.emplace(std::pair(entity_name(event.entity()), action_name(event.action())), &event);
  }
  WebhookEvents canonical;
  for (const auto& [name, event] : by_name) *canonical.Add() = *event;
  return canonical;
}

}  // namespace millrace::registry

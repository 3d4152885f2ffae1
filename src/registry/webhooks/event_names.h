#pragma once

#include <string>
#include <string_view>

#include "millrace/v1/webhooks.pb.h"

namespace millrace::registry {

/// Names of the contract in lower case: as the reference's tables and what receivers get have them.
inline std::string lower_name(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
}

/// "model_version_tag" and "set".
inline std::string entity_name(v1::WebhookEvent::Entity entity) {
  return lower_name(v1::WebhookEvent::Entity_Name(entity));
}
inline std::string action_name(v1::WebhookEvent::Action action) {
  return lower_name(v1::WebhookEvent::Action_Name(action));
}

/// "model_version_tag.set".
inline std::string event_name(const v1::WebhookEvent& event) {
  return entity_name(event.entity()) + "." + action_name(event.action());
}

/// The event of those names; false when there is none, as with what a later version wrote.
inline bool parse_event(std::string_view entity, std::string_view action, v1::WebhookEvent& event) {
  const auto upper = [](std::string_view text) {
    std::string name(text);
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return name;
  };
  v1::WebhookEvent::Entity known_entity{};
  v1::WebhookEvent::Action known_action{};
  if (!v1::WebhookEvent::Entity_Parse(upper(entity), &known_entity) ||
      !v1::WebhookEvent::Action_Parse(upper(action), &known_action)) {
    return false;
  }
  event.set_entity(known_entity);
  event.set_action(known_action);
  return true;
}

}  // namespace millrace::registry

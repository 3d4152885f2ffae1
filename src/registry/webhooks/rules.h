#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "base/secret.h"
#include "millrace/v1/webhooks.pb.h"
#include "registry/webhooks/settings.h"

namespace millrace::registry {

using WebhookEvents = google::protobuf::RepeatedPtrField<v1::WebhookEvent>;

/// Each throws INVALID_PARAMETER_VALUE for what a webhook may not have.

/// 1 to 63 letters, digits, '.', '_' and '-', a letter or digit first and last.
void check_webhook_name(const std::string& name);

void check_webhook_description(const std::string& description);

/// A URL of an allowed scheme with a host. An address of this machine or a private network is refused at once
/// where it is written as such; where a name leads is looked at when it is connected to, since it may lead
/// elsewhere by then.
void check_webhook_url(const std::string& url, const WebhookSettings& settings);

/// An action that is known of the kind of thing.
void check_webhook_event(const v1::WebhookEvent& event);

/// All checked, each once, in the order of their names, in which stores give them back.
WebhookEvents canonical_events(const WebhookEvents& events);

}  // namespace millrace::registry

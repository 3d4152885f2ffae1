#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "millrace/v1/plugin/registry_store.pb.h"
#include "registry/webhooks/http_post.h"
#include "registry/webhooks/secret_box.h"

namespace millrace::registry {

/// A message on its way to one receiver.
struct Delivery {
  std::string id;  ///< the same in all attempts, so that a receiver can tell that it has the message already
  v1::plugin::StoredWebhook webhook;
  v1::WebhookEvent event;
  std::shared_ptr<const std::string> payload;  ///< shared by all who are told of the event
  int attempts = 0;                            ///< that were made
};

/// The text that receivers of an event get, as the reference writes it but for blanks: {"entity", "action",
/// "timestamp" (RFC 3339, UTC), "data"}. `data` is JSON.
std::string payload_of(const v1::WebhookEvent& event, const std::string& data);

Delivery new_delivery(v1::plugin::StoredWebhook webhook, const v1::WebhookEvent& event,
                      std::shared_ptr<const std::string> payload);

/// The headers of an attempt at `time` (seconds since the Unix epoch): X-MLflow-Delivery-Id,
/// X-MLflow-Timestamp and, with a secret, X-MLflow-Signature "v1," and base64 of the HMAC-SHA256 of
/// "<id>.<time>.<payload>".
std::vector<std::string> delivery_headers(const Delivery& delivery, const Secret& secret, int64_t time);

/// Makes one attempt; waits for its answer. Never throws: a secret that cannot be read is a fault too, since
/// nothing is sent unsigned that is to be signed.
PostAnswer attempt(const Delivery& delivery, const SecretBox& secrets, HttpPost& post) noexcept;

/// 2xx: the receiver has it.
bool is_delivered(const PostAnswer& answer);
/// 429, 500, 502, 503, 504 and faults that may pass.
bool is_worth_retrying(const PostAnswer& answer);

}  // namespace millrace::registry

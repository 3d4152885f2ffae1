#include "registry/webhooks/delivery.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include "base/base64.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "registry/webhooks/event_names.h"
#include "registry/webhooks/hmac.h"
#include "wire/json_object.h"

namespace millrace::registry {
namespace {

// "2026-01-31T23:59:59.000001+00:00"
std::string now_as_text() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string fraction = std::to_string(micros % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return std::string(date.data()) + "." + fraction + "+00:00";
}

}  // namespace

std::string payload_of(const v1::WebhookEvent& event, const std::string& data) {
  return wire::JsonObject()
      .text("entity", entity_name(event.entity()))
      .text("action", action_name(event.action()))
      .text("timestamp", now_as_text())
      .json("data", data)
      .str();
}

Delivery new_delivery(v1::plugin::StoredWebhook webhook, const v1::WebhookEvent& event,
                      std::shared_ptr<const std::string> payload) {
  return {random_uuid(), std::move(webhook), event, std::move(payload)};
}

std::vector<std::string> delivery_headers(const Delivery& delivery, const Secret& secret, int64_t time) {
  const std::string seconds = std::to_string(time);
  std::vector<std::string> headers{"Content-Type: application/json", "X-MLflow-Delivery-Id: " + delivery.id,
                                   "X-MLflow-Timestamp: " + seconds};
  if (!secret.empty()) {
    const std::string digest =
        hmac_sha256(secret.reveal(), delivery.id + "." + seconds + "." + *delivery.payload);
    headers.push_back("X-MLflow-Signature: v1," + base64_encode(digest));
  }
  return headers;
}

PostAnswer attempt(const Delivery& delivery, const SecretBox& secrets, HttpPost& post) noexcept {
  try {
    const Secret secret = secrets.unseal(delivery.webhook.sealed_secret());
    return post.send(delivery.webhook.webhook().url(),
                     delivery_headers(delivery, secret, unix_millis() / 1000), *delivery.payload);
  } catch (const std::exception& error) {
    PostAnswer none;
    none.fault = error.what();
    return none;
  }
}

bool is_delivered(const PostAnswer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

bool is_worth_retrying(const PostAnswer& answer) {
  if (answer.status == 0) return answer.may_pass;
  constexpr std::array kStatuses{429, 500, 502, 503, 504};
  return std::find(kStatuses.begin(), kStatuses.end(), answer.status) != kStatuses.end();
}

}  // namespace millrace::registry

#include "registry/webhooks/webhooks.h"

#include "base/error.h"
#include "registry/rules/names.h"

namespace millrace::registry {
namespace {

void check_range(int value, int least, int most, const std::string& name) {
  if (value >= least && value <= most) return;
  throw_invalid_parameter(name + " must be between " + std::to_string(least) + " and " +
                          std::to_string(most) + ", but is " + std::to_string(value) + ".");
}

WebhookSettings checked(WebhookSettings settings) {
  check_range(settings.request_timeout_seconds, 1, 3600, "MLFLOW_WEBHOOK_REQUEST_TIMEOUT");
  check_range(settings.max_retries, 0, 100, "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES");
  check_range(settings.max_workers, 1, 1000, "MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS");
  check_range(settings.cache_seconds, 0, 86'400, "MLFLOW_WEBHOOK_CACHE_TTL");
  for (std::string& scheme : settings.allowed_schemes) {
    scheme = lower_case(scheme);
    if (scheme != "http" && scheme != "https") {
      throw_invalid_parameter("MLFLOW_WEBHOOK_ALLOWED_SCHEMES may name http and https, not '" + scheme +
                              "'.");
    }
  }
  return settings;
}

}  // namespace

Webhooks::Webhooks(RegistryStore& store, WebhookSettings settings, Log& log)
    : settings_(checked(std::move(settings))),
      secrets_(settings_.encryption_key),
      post_(settings_),
      subscribers_(store, std::chrono::seconds(settings_.cache_seconds)),
      deliverer_(settings_, secrets_, post_, log),
      announcer_(store, subscribers_, deliverer_, log),
      service_({store, settings_, secrets_, post_, subscribers_, deliverer_}) {}

void Webhooks::stop(std::chrono::milliseconds patience) {
  const auto deadline = Deliverer::Clock::now() + patience;
  announcer_.stop(deadline);
  deliverer_.stop(deadline);
}

}  // namespace millrace::registry

#pragma once

#include <string>
#include <vector>

#include "base/secret.h"

namespace millrace::registry {

/// What the operator decides about webhooks; defaults are the reference's.
struct WebhookSettings {
  Secret encryption_key;  ///< a Fernet key; empty: webhooks have no secrets
  std::vector<std::string> allowed_schemes{"https"};
  bool allow_private_addresses = false;
  int request_timeout_seconds =
      30;  ///< of one attempt, from the look-up of the name to the end of the answer
  int max_retries = 3;
  int max_workers = 10;    ///< deliveries under way at once
  int cache_seconds = 60;  ///< how long it may take until a change that another server made is seen
};

}  // namespace millrace::registry

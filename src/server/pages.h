#pragma once

#include "server/application.h"
#include "server/health.h"
#include "server/metrics.h"
#include "server/settings.h"

namespace millrace::server {

/// Adds what is served beside the operations of the contract: health, version, metrics, the OpenAPI document,
/// GraphQL, a start page, and what the official page and clients ask on every view. All that is handed in
/// must outlive the application.
void add_pages(Application& application, const Settings& settings, Metrics& metrics, const Services& services,
               access::Policy& policy, const HealthReport& health);

}  // namespace millrace::server

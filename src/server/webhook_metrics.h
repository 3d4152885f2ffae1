#pragma once

#include <string>

#include "registry/webhooks/webhooks.h"

namespace millrace::server {

/// What became of deliveries and how many wait, in Prometheus' text format.
std::string webhook_metrics(const registry::Webhooks::Statistics& statistics);

}  // namespace millrace::server

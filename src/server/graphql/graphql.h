#pragma once

#include <string>
#include <string_view>

#include "millrace/v1/services.gen.h"

namespace millrace::server::graphql {

/// Answers a GraphQL request body ({"query": ..., "variables": {...}}) with the queries that the official
/// page sends: mlflowGetExperiment, mlflowGetRun, mlflowSearchRuns, mlflowListArtifacts,
/// mlflowGetMetricHistoryBulkInterval. Faults come back in GraphQL's "errors" and in each result's apiError.
/// Never throws for what a client sent.
std::string execute(const Services& services, const CallContext& context, std::string_view body);

}  // namespace millrace::server::graphql

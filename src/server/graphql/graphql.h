#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wire/operation.h"

namespace millrace::server::graphql {

/// Throws when who asks may not do that. Asked for each field that is an operation, those inside of others
/// too.
using Judge = std::function<void(const wire::Operation&, const google::protobuf::Message& request)>;

/// Answers a GraphQL request body ({"query": ..., "variables": {...}}) with the queries that the official
/// page sends: mlflowGetExperiment, mlflowGetRun, mlflowSearchRuns, mlflowListArtifacts,
/// mlflowGetMetricHistoryBulkInterval. Faults come back in GraphQL's "errors" and in each result's apiError.
/// Never throws for what a client sent.
std::string execute(const Services& services, const CallContext& context, std::string_view body,
                    const Judge& judge);

}  // namespace millrace::server::graphql

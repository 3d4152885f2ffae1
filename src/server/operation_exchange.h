#pragma once

#include <memory>
#include <string>

#include "access/policy.h"
#include "base/error.h"
#include "base/log.h"
#include "server/changes.h"
#include "server/http/message.h"
#include "server/pace.h"
#include "wire/route_table.h"

namespace millrace::server {

/// What exchanges of operations share; outlives them.
struct OperationEnvironment {
  const Services& services;
  access::Policy& policy;
  Log& log;
  Pace& pace;
  ChangeFeed& changes;
  std::string static_prefix;
  uint64_t body_limit;           ///< Of bodies that are messages, in bytes.
  uint64_t artifact_body_limit;  ///< Of bodies that are artifacts, in bytes.
  bool read_only = false;        ///< What would change something is refused.
  bool reads_stay_here = true;   ///< No read is a call to another process, which could hold an I/O thread.
};

/// Who asks; null when no auth app is on.
using SharedIdentity = std::shared_ptr<const access::Identity>;

/// The exchange of a request that was routed to an operation: reads the message from path, query and body,
/// asks the policy, calls the service, writes the answer; faults become error answers here and nowhere else.
std::unique_ptr<http::Exchange> make_operation_exchange(const OperationEnvironment& environment,
                                                        const http::RequestHead& head, wire::RouteMatch match,
                                                        const SharedIdentity& who);

/// The answer for a fault: status, error_code, message and the request's id.
http::Response error_response(const Error& error, const std::string& request_id);

}  // namespace millrace::server

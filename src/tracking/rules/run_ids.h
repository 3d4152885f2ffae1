#pragma once

#include <string>

#include "tracking/rules/names.h"

namespace millrace::tracking {

/// The run that a request names: `run_id`, or `run_uuid` as old clients call it. Throws when both are
/// missing.
template <typename Request>
const std::string& run_id_of(const Request& request) {
  if (!request.run_id().empty()) return request.run_id();
  if (request.run_uuid().empty()) throw_missing("run_id");
  return request.run_uuid();
}

}  // namespace millrace::tracking

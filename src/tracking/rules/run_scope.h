#pragma once

#include <string>

#include "millrace/v1/plugin/tracking_store.pb.h"

namespace millrace::tracking {

using TextList = google::protobuf::RepeatedPtrField<std::string>;

/// Sets the ordering of a search: what was asked, then newest first, then by id, which makes it total. Throws
/// INVALID_PARAMETER_VALUE when a field is named twice.
void set_order(v1::plugin::RunQuery& query, const TextList& order_by);

/// Sets the experiments that are searched; {"ALL"} stands for every one. False when none was named, which
/// matches no run.
bool set_scope(TextList& scope, const TextList& experiment_ids);

}  // namespace millrace::tracking

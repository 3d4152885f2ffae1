#pragma once

#include "base/call_context.h"

namespace millrace {

/// Whether nobody waits for the answer of a call any more: its deadline passed, or Millrace is gone, asks the
/// plugin to stop or gave the stream up. Operations that take long ask now and then and return or throw.
/// Asked on the thread that the operation, or the read or write of its stream, was called on; on other
/// threads, and in a plugin that was loaded into Millrace's own process, only the deadline is known.
bool cancelled(const CallContext& context);

/// Throws CANCELLED when nobody waits any more.
void check_cancelled(const CallContext& context);

}  // namespace millrace

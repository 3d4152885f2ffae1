#include "millrace/cancellation.h"

#include "base/error.h"
#include "current_call.h"

namespace millrace {
namespace sdk {
namespace {

// Authors see a call as a plain value, CallContext, which knows nothing of the transport.
thread_local const ttrpc::ServerCall* current_call = nullptr;

}  // namespace

CurrentCall::CurrentCall(const ttrpc::ServerCall& call) : outer_(current_call) {
  current_call = &call;
}

CurrentCall::~CurrentCall() {
  current_call = outer_;
}

}  // namespace sdk

bool cancelled(const CallContext& context) {
  if (CallContext::Clock::now() >= context.deadline) return true;
  return sdk::current_call != nullptr && sdk::current_call->cancelled();
}

void check_cancelled(const CallContext& context) {
  if (cancelled(context)) throw Error(ErrorCode::kCancelled, "Nobody waits for the answer any more.");
}

}  // namespace millrace

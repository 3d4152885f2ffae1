#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/call_context.h"

namespace millrace::conformance::testing {

/// An operation of a contract as a function that can be exchanged.
template <typename Result, typename Request>
using Operation = std::function<Result(const CallContext&, const Request&)>;

/// Makes all operations of a plugin of functions those of another.
template <typename Functions, typename Interface>
void delegate(Functions& functions, std::shared_ptr<Interface> inner) {
  functions.visit_operations([&](const char*, auto& function, auto method) {
    function = [inner, method](const CallContext& context, const auto& request) {
      return ((*inner).*method)(context, request);
    };
  });
}

/// Has `change` alter the message of each call.
template <typename Result, typename Request, typename Change>
void before(Operation<Result, Request>& operation, Change change) {
  operation = [next = std::move(operation), change](const CallContext& context, const Request& request) {
    Request changed;
    changed.CopyFrom(request);
    change(changed);
    return next(context, changed);
  };
}

/// Has `change` alter the answer of each call; it is given the message as well.
template <typename Result, typename Request, typename Change>
void after(Operation<Result, Request>& operation, Change change) {
  operation = [next = std::move(operation), change](const CallContext& context, const Request& request) {
    Result answer = next(context, request);
    change(answer, request);
    return answer;
  };
}

/// Puts `call(next, context, request)` in the place of the operation, which is `next`.
template <typename Result, typename Request, typename Call>
void instead(Operation<Result, Request>& operation, Call call) {
  operation = [next = std::move(operation), call](const CallContext& context, const Request& request) {
    return call(next, context, request);
  };
}

}  // namespace millrace::conformance::testing

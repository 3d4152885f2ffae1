#include "plugin/proxy_call.h"

namespace millrace::plugin {

void require_capability(const Channel& channel, const Method& method) {
  if (method.capability.empty() || channel.has_capability(method.capability)) return;
  throw Error(ErrorCode::kNotImplemented, "The " + channel.label() + " does not have the capability '" +
                                              std::string(method.capability) + "', which " +
                                              std::string(method.name) + " needs.");
}

void throw_malformed_answer(const Channel& channel, const Method& method) {
  throw Error(ErrorCode::kInternalError, "The " + channel.label() + " answered " + std::string(method.name) +
                                             " with something that is not the message of the contract.");
}

}  // namespace millrace::plugin

#pragma once

#include <memory>

#include "base/error.h"
#include "plugin/channel.h"

namespace millrace::plugin {

/// Throws NOT_IMPLEMENTED with the plugin's and the capability's name when the operation needs one that the
/// plugin does not have.
void require_capability(const Channel& channel, const Method& method);

/// Throws INTERNAL_ERROR: what the plugin answered is not the message that the contract promises.
[[noreturn]] void throw_malformed_answer(const Channel& channel, const Method& method);

/// What the generated proxies share.
template <typename Response, typename Request>
Response call_unary(Channel& channel, const CallContext& context, const Method& method,
                    const Request& request) {
  require_capability(channel, method);
  const std::string answer = channel.call(context, method, request.SerializeAsString());
  Response response;
  if (!response.ParseFromArray(answer.data(), static_cast<int>(answer.size())))
    throw_malformed_answer(channel, method);
  return response;
}

template <typename Request>
std::unique_ptr<ByteSource> open_download(Channel& channel, const CallContext& context, const Method& method,
                                          const Request& request) {
  require_capability(channel, method);
  return channel.download(context, method, request.SerializeAsString());
}

template <typename Request>
std::unique_ptr<ByteSink> open_upload(Channel& channel, const CallContext& context, const Method& method,
                                      const Request& request) {
  require_capability(channel, method);
  return channel.upload(context, method, request.SerializeAsString());
}

}  // namespace millrace::plugin

#pragma once

#include <google/protobuf/message_lite.h>

#include <memory>
#include <string>
#include <type_traits>

#include "base/byte_stream.h"
#include "conformance/testing/channel.h"
#include "conformance/testing/operation.h"

namespace millrace::conformance::testing {

/// A file that comes over a connection, read to its end or given up.
std::unique_ptr<ByteSource> download(std::shared_ptr<ConnectionPool> pool, const std::string& operation,
                                     const google::protobuf::MessageLite& request);
/// A file that goes over a connection.
std::unique_ptr<ByteSink> upload(std::shared_ptr<ConnectionPool> pool, const std::string& operation,
                                 const google::protobuf::MessageLite& request);
/// The bytes of an answer.
std::string call(ConnectionPool& pool, const std::string& operation,
                 const google::protobuf::MessageLite& request);

template <typename Result, typename Request>
void bind_remote(Operation<Result, Request>& operation, const std::string& name,
                 const std::shared_ptr<ConnectionPool>& pool) {
  operation = [name, pool](const CallContext&, const Request& request) -> Result {
    if constexpr (std::is_same_v<Result, std::unique_ptr<ByteSource>>) {
      return download(pool, name, request);
    } else if constexpr (std::is_same_v<Result, std::unique_ptr<ByteSink>>) {
      return upload(pool, name, request);
    } else {
      Result answer;
      answer.ParseFromString(call(*pool, name, request));
      return answer;
    }
  };
}

/// A plugin of functions whose operations are those of a served one (serve.h).
template <typename Functions>
std::shared_ptr<Functions> remote_plugin(const std::string& socket) {
  auto functions = std::make_shared<Functions>();
  const auto pool = std::make_shared<ConnectionPool>(socket);
  functions->visit_operations(
      [&](const char* name, auto& function, auto) { bind_remote(function, name, pool); });
  return functions;
}

}  // namespace millrace::conformance::testing

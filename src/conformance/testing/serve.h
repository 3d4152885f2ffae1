#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include "base/byte_stream.h"
#include "base/call_context.h"
#include "conformance/testing/channel.h"
#include "conformance/testing/operation.h"

namespace millrace::conformance::testing {

/// What a server does for a call: takes the bytes of the message and answers on the connection. Throws Error
/// for a fault that is to be sent.
using Handlers = std::map<std::string, std::function<void(Connection&, const std::string& request)>>;

/// A call that every subject answers beside the operations of its kind: the message is the number of bytes
/// that its process may write to a file from now on.
inline constexpr const char* kLimitFileSize = "limit_file_size";
void limit_file_size(Connection& connection, const std::string& bytes);

void send_file(Connection& connection, ByteSource& source);
/// Returns when the file was committed or given up; throws what the sink threw.
void receive_file(Connection& connection, std::unique_ptr<ByteSink> sink);

template <typename Result, typename Request>
void add_handler(Handlers& handlers, const std::string& name, const Operation<Result, Request>& operation) {
  handlers[name] = [operation](Connection& connection, const std::string& bytes) {
    Request request;
    request.ParseFromString(bytes);
    Result result = operation(CallContext(), request);
    if constexpr (std::is_same_v<Result, std::unique_ptr<ByteSource>>) {
      send_file(connection, *result);
    } else if constexpr (std::is_same_v<Result, std::unique_ptr<ByteSink>>) {
      receive_file(connection, std::move(result));
    } else {
      connection.send(Frame::kDone, result.SerializeAsString());
    }
  };
}

/// The handlers of all operations of a plugin of functions, which must outlive them.
template <typename Functions>
Handlers handlers_of(Functions& functions) {
  Handlers handlers{{kLimitFileSize, limit_file_size}};
  functions.visit_operations(
      [&](const char* name, auto& function, auto) { add_handler(handlers, name, function); });
  return handlers;
}

/// A Unix socket whose connections are served by a thread each, until the process ends.
class Server {
 public:
  /// Listens from here on.
  explicit Server(const std::string& socket);
  /// Accepts connections for ever.
  [[noreturn]] void serve(const Handlers& handlers);

 private:
  int listener_;
};

}  // namespace millrace::conformance::testing

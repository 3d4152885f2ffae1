// Millrace's own ttrpc as client and server of the service that all programs of this folder speak.
// Usage: ttrpc_interop serve|check SOCKET

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "plugin/ttrpc/client.h"
#include "plugin/ttrpc/protobuf_wire.h"
#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/socket.h"

namespace {

using namespace millrace::ttrpc;
using millrace::Error;
using millrace::ErrorCode;

constexpr const char* kService = "millrace.test.Interop";

// google.protobuf.BytesValue{value = 1}.
std::string wrap(std::string_view text) {
  std::string bytes;
  wire::put_bytes(bytes, 1, text);
  return bytes;
}

std::string unwrap(std::string_view bytes) {
  std::string text;
  wire::Reader reader(bytes);
  while (const auto field = reader.next())
    if (field->is_bytes(1)) text = field->bytes;
  return text;
}

// --- server ---

class InteropService : public Service {
 public:
  bool is_stream(std::string_view method) const noexcept override {
    return method == "Down" || method == "Up" || method == "Chat";
  }

  std::string call(const ServerCall& call, std::string_view method, std::string_view payload) override {
    const std::string text = unwrap(payload);
    if (method == "Echo") return std::string(payload);
    if (method == "Fail") throw error_of({std::stoi(text), "failed with " + text, {}});
    if (method == "Metadata") return wrap(call.metadata(text).value_or(""));
    if (method != "Sleep") throw_unknown_method(method);
    std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(text)));
    return std::string(payload);
  }

  void stream(const ServerCall& /*call*/, std::string_view method, ServerStream& stream) override {
    if (method == "Down") return down(stream);
    if (method == "Up") return up(stream);
    while (const auto piece = stream.receive()) stream.send(*piece);
  }

 private:
  static void down(ServerStream& stream) {
    const int count = std::stoi(unwrap(*stream.receive()));
    for (int i = 0; i < count; ++i) stream.send(wrap("piece " + std::to_string(i)));
    if (count == 1) throw Error(ErrorCode::kResourceDoesNotExist, "only one");
  }

  static void up(ServerStream& stream) {
    std::string all;
    while (const auto piece = stream.receive()) all += unwrap(*piece);
    stream.respond(wrap(all));
  }
};

void serve(const std::string& path) {
  InteropService service;
  Server server(path);
  server.add_service(kService, service);
  std::thread watcher([&] {
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
    server.stop();
  });
  std::puts("ready");
  std::fflush(stdout);
  server.serve();
  watcher.join();
}

// --- client ---

void expect(const std::string& what, bool fine) {
  if (!fine) throw std::runtime_error(what + ": not as expected");
  std::printf("ok %s\n", what.c_str());
}

std::string call(Client& client, std::string_view method, std::string_view text,
                 const CallOptions& options = {}) {
  return unwrap(client.call(kService, method, wrap(text), options));
}

template <typename Run>
bool fails_with(std::initializer_list<ErrorCode> codes, Run run) {
  try {
    run();
  } catch (const Error& error) {
    for (const ErrorCode code : codes)
      if (error.code() == code) return true;
  }
  return false;
}

void check_errors(Client& client) {
  for (const auto& [grpc, code] : {std::pair{"3", ErrorCode::kInvalidParameterValue},
                                   {"4", ErrorCode::kTemporarilyUnavailable},
                                   {"5", ErrorCode::kResourceDoesNotExist},
                                   {"6", ErrorCode::kResourceAlreadyExists},
                                   {"7", ErrorCode::kPermissionDenied},
                                   {"13", ErrorCode::kInternalError},
                                   {"16", ErrorCode::kUnauthenticated}})
    expect(std::string("error ") + grpc,
           fails_with({code}, [&, grpc = grpc] { call(client, "Fail", grpc); }));
  expect("unknown method", fails_with({ErrorCode::kNotImplemented}, [&] { call(client, "Missing", ""); }));
  // The Rust library answers INVALID_ARGUMENT here.
  expect("unknown service", fails_with({ErrorCode::kNotImplemented, ErrorCode::kInvalidParameterValue},
                                       [&] { client.call("no.Service", "Echo", ""); }));
}

void check_calls(Client& client) {
  expect("echo", call(client, "Echo", "hello") == "hello");
  expect("empty echo", call(client, "Echo", "").empty());
  CallOptions options;
  options.metadata = {{"millrace-instance", "42"}};
  expect("metadata", call(client, "Metadata", "millrace-instance", options) == "42");
  options.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  expect("time-out",
         fails_with({ErrorCode::kTemporarilyUnavailable}, [&] { call(client, "Sleep", "300", options); }));
  expect("after the time-out", call(client, "Echo", "after") == "after");
}

void check_sizes(Client& client) {
  const std::string large((4 << 20) - 100, 'x');
  expect("4 MiB", call(client, "Echo", large) == large);
  expect("oversized",
         fails_with({ErrorCode::kResourceExhausted}, [&] { call(client, "Echo", large + large); }));
  expect("after the oversized", call(client, "Echo", "").empty());
}

void check_down(Client& client) {
  auto stream = client.open_stream(kService, "Down", wrap("100"));
  bool in_order = true;
  for (int i = 0; i < 100; ++i) in_order &= unwrap(*stream->receive()) == "piece " + std::to_string(i);
  expect("server stream", in_order && !stream->receive());
  expect("empty server stream", !client.open_stream(kService, "Down", wrap("0"))->receive());
  stream = client.open_stream(kService, "Down", wrap("1"));
  stream->receive();
  expect("error within a stream", fails_with({ErrorCode::kResourceDoesNotExist}, [&] { stream->receive(); }));
}

void check_up(Client& client) {
  auto stream = client.open_stream(kService, "Up", std::nullopt);
  for (int i = 0; i < 50; ++i) stream->send(wrap(std::to_string(i % 10)));
  stream->close_send();
  const auto answer = stream->receive();
  expect("client stream", answer && unwrap(*answer) == "01234567890123456789012345678901234567890123456789");
  stream = client.open_stream(kService, "Chat", std::nullopt);
  for (const std::string text : {"a", "", "c"}) {
    stream->send(wrap(text));
    expect("message '" + text + "'", unwrap(*stream->receive()) == text);
  }
  stream->close_send();
  expect("both stream", !stream->receive());
}

void check(const std::string& path) {
  Client client(connect_unix(path).release());
  check_calls(client);
  check_errors(client);
  check_sizes(client);
  check_down(client);
  check_up(client);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    std::string(argv[1]) == "serve" ? serve(argv[2]) : check(argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

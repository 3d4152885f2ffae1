// gRPC between two processes over a Unix socket: round trips of 64 bytes, for comparison with the plugin
// transport. Usage: grpc_bench [CALLS]; prints one JSON object.

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

// Answers with what it was sent.
class Echo : public grpc::ServerGenericBidiReactor {
 public:
  Echo() { StartRead(&message_); }
  void OnReadDone(bool ok) override {
    if (ok) StartWriteAndFinish(&message_, {}, grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

class EchoService : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Echo;
  }
};

void serve(const std::string& address) {
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&service);
  builder.BuildAndStart()->Wait();
}

void echo(grpc::GenericStub& stub, const grpc::ByteBuffer& request) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/bench.Service/Echo", request, &queue);
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 20'000;
  const std::string address = "unix:/tmp/grpc-bench-" + std::to_string(getpid());
  const pid_t child = fork();
  if (child == 0) serve(address);
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  const grpc::Slice slice(std::string(64, 'x'));
  const grpc::ByteBuffer request(&slice, 1);
  std::vector<double> taken;
  for (int i = -calls / 10; i < calls; ++i) {
    const auto start = std::chrono::steady_clock::now();
    echo(stub, request);
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
    if (i >= 0) taken.push_back(time.count());
  }
  std::nth_element(taken.begin(), taken.begin() + taken.size() / 2, taken.end());
  std::printf("{\"call_p50_us\": %.1f}\n", taken[taken.size() / 2]);
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);
}

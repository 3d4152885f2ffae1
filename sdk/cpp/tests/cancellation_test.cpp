// A plugin at work behind the transport, whose operations wait until nobody waits for them.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "child_service.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"
#include "plugin/ttrpc/client.h"
#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/socket.h"

using namespace millrace;
using namespace std::chrono_literals;

namespace {

constexpr auto kLongEnough = 10s;
constexpr const char* kService = "millrace.v1.plugin.ArtifactRepository";

std::promise<bool> noticed;

// Says whether the cancellation was noticed in time.
void wait_for_cancellation(const CallContext& context) {
  const auto end = CallContext::Clock::now() + kLongEnough;
  while (!cancelled(context) && CallContext::Clock::now() < end) std::this_thread::sleep_for(1ms);
  noticed.set_value(cancelled(context));
  check_cancelled(context);
}

class Patient : public ByteSource {
 public:
  explicit Patient(const CallContext& context) : context_(context) {}
  size_t read(std::span<char>) override {
    wait_for_cancellation(context_);
    return 0;
  }

 private:
  CallContext context_;
};

class PatientRepository : public ArtifactRepository {
 public:
  v1::plugin::ArtifactListing list(const CallContext& context, const v1::plugin::ArtifactPath&) override {
    wait_for_cancellation(context);
    return {};
  }
  std::unique_ptr<ByteSource> read(const CallContext& context, const v1::plugin::ArtifactRead&) override {
    return std::make_unique<Patient>(context);
  }
  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite&) override {
    return nullptr;
  }
  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath&) override {
    return {};
  }
};

class NoLog : public PluginLog {
 public:
  void write(PluginLogLevel, std::string_view) override {}
};

class ServedPlugin {
 public:
  ServedPlugin()
      : runtime_(std::make_shared<NoLog>()),
        services_(runtime_),
        path_(std::filesystem::temp_directory_path() / ("millrace-sdk-" + std::to_string(getpid()))),
        server_(ttrpc::listen_unix(path_).release()) {
    services_.add_to(server_);
    thread_ = std::thread([this] { server_.serve(); });
    v1::plugin::OpenRequest request;
    request.set_kind("artifact_repository");
    request.set_name("patient");
    v1::plugin::OpenedInstance opened;
    opened.ParseFromString(runtime_.control("Open", request.SerializeAsString()));
    options_.metadata = {{"millrace-instance", std::to_string(opened.instance())}};
  }
  ~ServedPlugin() {
    server_.stop();
    thread_.join();
    std::filesystem::remove(path_);
  }

  std::unique_ptr<ttrpc::Client> connect() const {
    return std::make_unique<ttrpc::Client>(ttrpc::connect_unix(path_).release());
  }
  const ttrpc::CallOptions& options() const { return options_; }

 private:
  sdk::Runtime runtime_;
  sdk::ChildServices services_;
  std::string path_;
  ttrpc::Server server_;
  std::thread thread_;
  ttrpc::CallOptions options_;
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ArtifactRepository>(
      "patient", [](const PluginOptions&) { return std::make_shared<PatientRepository>(); });
}

TEST_CASE("an operation notices that its deadline passed") {
  noticed = {};
  const ServedPlugin plugin;
  const auto client = plugin.connect();
  ttrpc::CallOptions options = plugin.options();
  options.deadline = std::chrono::steady_clock::now() + 50ms;
  CHECK_THROWS_AS(client->call(kService, "List", "", options), Error);
  CHECK(noticed.get_future().get());
}

TEST_CASE("an operation notices that the host is gone") {
  noticed = {};
  const ServedPlugin plugin;
  {
    const auto client = plugin.connect();
    const auto stream = client->open_stream(kService, "Read", "", plugin.options());
  }
  CHECK(noticed.get_future().get());
}

TEST_CASE("without a call nothing is cancelled before its deadline") {
  CallContext context;
  CHECK_FALSE(cancelled(context));
  context.deadline = CallContext::Clock::now() - 1ms;
  CHECK(cancelled(context));
  CHECK_THROWS_AS(check_cancelled(context), Error);
}

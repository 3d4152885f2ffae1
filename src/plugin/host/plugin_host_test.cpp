#include "plugin/host/plugin_host.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/ids.h"
#include "millrace/v1/plugin/artifact_repository.proxy.gen.h"

using namespace millrace;
using namespace millrace::plugin;
namespace fs = std::filesystem;

namespace {

const CallContext kContext;

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / ("millrace-host-" + random_token(12))) {
    fs::create_directory(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

  // A plugin that is a shell script.
  void add_script(const std::string& id, const std::string& script) const {
    const fs::path folder = path_ / id;
    fs::create_directory(folder);
    std::ofstream(folder / "plugin.toml")
        << "[plugin]\nid = \"" << id << "\"\nversion = \"1.0.0\"\nprotocol = \"1.0\"\nlicense = \"MIT\"\n"
        << "description = \"A test.\"\n[run]\ncommand = [\"/bin/sh\", \"-c\", '''" << script
        << "''']\nstart_timeout_seconds = 1\n[[provides]]\nkind = \"artifact_repository\"\nschemes = [\""
        << id << "\"]\n";
  }

 private:
  fs::path path_;
};

PluginHost make_host(const fs::path& folder, bool in_process, Log& log) {
  Policy policy;
  policy.path = {folder};
  if (in_process) policy.in_process = {"*"};
  ManifestIndex index({});
  return PluginHost(Catalog({}, policy, discover(policy.path, index)), policy, process_environment(), log);
}

struct Host {
  explicit Host(bool in_process, const fs::path& folder = MILLRACE_EXAMPLE_PLUGINS)
      : log(LogFormat::kText, LogLevel::kError), plugins(make_host(folder, in_process, log)) {}
  std::shared_ptr<ArtifactRepository> repository(const std::string& uri) {
    return std::make_shared<ArtifactRepositoryProxy>(plugins.open_uri(Kind::kArtifactRepository, uri));
  }
  Log log;
  PluginHost plugins;
};

void put(ArtifactRepository& repository, const std::string& path, std::string_view content) {
  v1::plugin::ArtifactWrite first;
  first.set_path(path);
  const auto sink = repository.write(kContext, first);
  sink->write(content);
  sink->commit();
}

std::string get(ArtifactRepository& repository, const std::string& path, int64_t offset = 0,
                int64_t length = 0) {
  v1::plugin::ArtifactRead request;
  request.set_path(path);
  request.set_offset(offset);
  request.set_length(length);
  const auto source = repository.read(kContext, request);
  std::string content;
  std::vector<char> piece(100'000);
  while (const size_t count = source->read(piece)) content.append(piece.data(), count);
  return content;
}

std::string names(ArtifactRepository& repository) {
  std::string result;
  const v1::plugin::ArtifactListing listing = repository.list(kContext, {});
  for (const auto& file : listing.files()) result += file.path() + " ";
  return result;
}

Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return {ErrorCode::kInternalError, ""};
}

}  // namespace

TEST_CASE("one plugin serves in a child process and in this one") {
  for (const bool in_process : {false, true}) {
    CAPTURE(in_process);
    Host host(in_process);
    const auto repository = host.repository("shelf://somewhere");
    CHECK(names(*repository).empty());
    put(*repository, "a/b.txt", "hello");
    put(*repository, "empty", "");
    const std::string large(5'000'000, 'x');
    put(*repository, "large", large);
    CHECK(names(*repository) == "a empty large ");
    CHECK(get(*repository, "a/b.txt") == "hello");
    CHECK(get(*repository, "empty").empty());
    CHECK(get(*repository, "large") == large);
    CHECK(get(*repository, "large", 10, 20) == std::string(20, 'x'));
  }
}

TEST_CASE("instances of one plugin do not see each other's files") {
  for (const bool in_process : {false, true}) {
    Host host(in_process);
    const auto one = host.repository("shelf://one");
    const auto two = host.repository("shelf://two");
    put(*one, "f", "1");
    CHECK(names(*two).empty());
  }
}

TEST_CASE("an upload that is given up leaves nothing, and the plugin serves on") {
  for (const bool in_process : {false, true}) {
    Host host(in_process);
    const auto repository = host.repository("shelf:x");
    {
      v1::plugin::ArtifactWrite first;
      first.set_path("half");
      repository->write(kContext, first)->write("not all");
    }
    put(*repository, "whole", "1");
    CHECK(names(*repository) == "whole ");
  }
}

TEST_CASE("what a plugin refuses keeps its code and its words") {
  for (const bool in_process : {false, true}) {
    Host host(in_process);
    const auto repository = host.repository("shelf:x");
    const Error error = error_of([&] { get(*repository, "missing"); });
    CHECK(error.code() == ErrorCode::kResourceDoesNotExist);
    CHECK(std::string(error.what()) == "There is no artifact 'missing'.");
  }
}

TEST_CASE("a capability that a plugin does not have is told with both names") {
  Host host(false);
  const auto repository = host.repository("shelf:x");
  const Error error = error_of([&] { repository->presign_read(kContext, {}); });
  CHECK(error.code() == ErrorCode::kNotImplemented);
  CHECK(std::string(error.what()).find("plugin 'shelf'") != std::string::npos);
  CHECK(std::string(error.what()).find("'presigned_urls'") != std::string::npos);
}

TEST_CASE("a child that was killed is started again and its instances are opened again") {
  Host host(false);
  const auto repository = host.repository("shelf:x");
  for (int round = 0; round < 3; ++round) {
    put(*repository, "f", "1");
    const auto health = host.plugins.health();
    REQUIRE(health.size() == 1);
    CHECK(health[0].starts == round + 1);
    std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
    pid_t pid = 0;
    children >> pid;
    REQUIRE(pid > 0);
    kill(pid, SIGKILL);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    bool restored = false;
    while (!restored && std::chrono::steady_clock::now() < end) {
      try {
        names(*repository);
        restored = host.plugins.health()[0].starts == round + 2;
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kTemporarilyUnavailable);
      }
    }
    CHECK(restored);
  }
}

TEST_CASE("a child that its owner killed stays down, and what is called fails") {
  Log log(LogFormat::kText, LogLevel::kError);
  const auto child =
      std::make_shared<ChildPlugin>(read_manifest(fs::path(MILLRACE_EXAMPLE_PLUGINS) / "shelf"), log);
  CHECK_FALSE(child->process_id().has_value());
  ArtifactRepositoryProxy repository(child->open({Kind::kArtifactRepository, "shelf", "shelf:x", {}}));
  const auto id = child->process_id();
  REQUIRE(id.has_value());
  CHECK(fs::exists("/proc/" + std::to_string(*id)));
  put(repository, "f", "x");
  child->kill();
  CHECK_THROWS_AS(put(repository, "f", "x"), Error);
  CHECK_THROWS_AS(put(repository, "f", "x"), Error);
  CHECK(child->health().starts == 1);
}

TEST_CASE("a log's lines go to whoever takes them") {
  std::vector<std::string> lines;
  Log log(LogLevel::kWarning, [&](LogLevel, std::string_view message) { lines.emplace_back(message); });
  log.info("quiet");
  log.error("loud");
  CHECK(lines == std::vector<std::string>{"loud"});
}

TEST_CASE("plugins that cannot start are told with what they said, in time") {
  const TemporaryFolder folder;
  folder.add_script("silent", "exec sleep 30");
  folder.add_script("talker", "echo hello; exec sleep 30");
  folder.add_script("crasher", "echo no licence file >&2; exit 3");
  folder.add_script("ancient", "echo millrace-plugin 9.1 ttrpc unix:$MILLRACE_PLUGIN_SOCKET; exec sleep 30");
  Host host(false, folder.path());
  const auto told = [&](const std::string& scheme) {
    return error_of([&] { host.repository(scheme + ":x"); });
  };
  const auto start = std::chrono::steady_clock::now();
  CHECK(std::string(told("silent").what()).find("did not answer in time") != std::string::npos);
  CHECK(std::string(told("talker").what()).find("printed \"hello\"") != std::string::npos);
  const Error crash = told("crasher");
  CHECK(crash.code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(std::string(crash.what()).find("no licence file") != std::string::npos);
  const Error ancient = told("ancient");
  CHECK(std::string(ancient.what()).find("speaks protocol 9.1, this Millrace speaks 1.0") !=
        std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a plugin that takes long to start holds up nobody who asks how plugins are") {
  const TemporaryFolder folder;
  folder.add_script("silent", "touch started; exec sleep 30");
  Host host(false, folder.path());
  std::thread opening([&] {
    CHECK(error_of([&] { host.repository("silent:x"); }).code() == ErrorCode::kTemporarilyUnavailable);
  });
  while (!fs::exists(folder.path() / "silent/started")) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(host.plugins.health()[0].running);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(200));
  opening.join();
  CHECK(host.plugins.health()[0].fault.find("did not answer in time") != std::string::npos);
}

TEST_CASE("a plugin that hangs at its start and ignores the request to end is killed at once") {
  const TemporaryFolder folder;
  folder.add_script("stubborn", "trap '' TERM; while :; do sleep 1; done");
  Host host(false, folder.path());
  const auto start = std::chrono::steady_clock::now();
  error_of([&] { host.repository("stubborn:x"); });
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
}

TEST_CASE("what a plugin throws is an answer, whatever it is and wherever it runs") {
  for (const bool in_process : {false, true}) {
    CAPTURE(in_process);
    Host host(in_process, MILLRACE_MOODY_PLUGIN);
    const auto repository = host.repository("moody:x");
    const auto told = [&](const std::string& path) {
      v1::plugin::ArtifactPath request;
      request.set_path(path);
      const Error listing = error_of([&] { repository->list(kContext, request); });
      CHECK(error_of([&] { get(*repository, path); }).code() == listing.code());
      CHECK(error_of([&] { put(*repository, path, "x"); }).code() == listing.code());
      return listing;
    };
    CHECK(told("throw-std").code() == ErrorCode::kInternalError);
    CHECK(std::string(told("throw-std").what()).find("hunter2") == std::string::npos);
    CHECK(told("throw-int").code() == ErrorCode::kInternalError);
    CHECK(told("throw-no-memory").code() == ErrorCode::kResourceExhausted);
    CHECK(std::string(told("throw-error").what()) == "The bucket is closed on Sundays.");
    CHECK(get(*repository, "fine") == "fine");
  }
}

TEST_CASE("a library without the entry is refused by name") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "hollow");
  std::ofstream(folder.path() / "hollow/plugin.toml")
      << "[plugin]\nid = \"hollow\"\nversion = \"1.0.0\"\nprotocol = \"1.0\"\nlicense = \"MIT\"\n"
         "description = \"A test.\"\n[run]\nlibrary = \"hollow.so\"\n[[provides]]\n"
         "kind = \"artifact_repository\"\nschemes = [\"hollow\"]\n";
  std::ofstream(folder.path() / "hollow/hollow.so") << "not a library";
  Host allowed(true, folder.path());
  CHECK(error_of([&] { allowed.repository("hollow:x"); }).code() == ErrorCode::kInvalidState);
  Host refused(false, folder.path());
  CHECK(std::string(error_of([&] { refused.repository("hollow:x"); }).what()).find("in-process") !=
        std::string::npos);
}

#include "plugin/host/library_plugin.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "base/error.h"
#include "millrace/plugin_abi.h"
#include "millrace/v1/plugin/artifact_repository.pb.h"
#include "millrace/v1/plugin/artifact_repository.proxy.gen.h"
#include "millrace/v1/plugin/control.pb.h"
#include "plugin/host/library_probe.h"

using namespace millrace;
using namespace millrace::plugin;

namespace {

const CallContext kContext;
const std::filesystem::path kShelf = MILLRACE_EXAMPLE_PLUGINS "/shelf/shelf.so";

std::filesystem::path library_of(const std::string& defect) {
  return std::filesystem::path(MILLRACE_BAD_LIBRARIES) / defect / "plugin.so";
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kInvalidState);
    return error.what();
  }
  return "nothing was thrown";
}

struct Loading {
  Log log{LogFormat::kText, LogLevel::kError};
  std::shared_ptr<ArtifactRepository> open(const std::string& defect) {
    const auto plugin = LibraryPlugin::load("bad-" + defect, library_of(defect), log);
    return std::make_shared<ArtifactRepositoryProxy>(
        plugin->open({Kind::kArtifactRepository, "bad-" + defect, "bad:x", {}}));
  }
};

void tells(const std::string& defect, const std::string& expected) {
  Loading loading;
  const std::string message = refusal([&] { loading.open(defect); });
  CAPTURE(message);
  CHECK(message.find("'bad-" + defect + "'") != std::string::npos);
  CHECK(message.find(expected) != std::string::npos);
}

// Memory whose end is the end of what may be read.
class GuardedPage {
 public:
  GuardedPage() : size_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    start_ = static_cast<char*>(
        mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(start_ + size_, size_, PROT_NONE);
  }
  ~GuardedPage() { munmap(start_, 2 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;
  void* last(size_t count) const { return start_ + size_ - count; }

 private:
  size_t size_;
  char* start_;
};

// A call of a table without anything of ours between.
std::string call_bare(const millrace_plugin& table, int64_t instance, const std::string& service,
                      const std::string& method, const std::string& request) {
  std::string answer;
  const millrace_reply reply{&answer,
                             [](void* context, millrace_text bytes) {
                               *static_cast<std::string*>(context) = {bytes.data, bytes.size};
                             },
                             [](void* context, millrace_text code, millrace_text message) {
                               *static_cast<std::string*>(context) = std::string(code.data, code.size) +
                                                                     ": " +
                                                                     std::string(message.data, message.size);
                             }};
  millrace_call call{};
  call.size = sizeof call;
  call.instance = instance;
  const std::string full = "millrace.v1.plugin." + service;
  call.service = {full.data(), full.size()};
  call.method = {method.data(), method.size()};
  table.call(table.context, &call, {request.data(), request.size()}, &reply);
  return answer;
}

// Field 1000 with the text "new": what a later minor might have added to a message.
const std::string kFromLaterMinor = "\xc2\x3e\x03new";

int64_t open_shelf(const millrace_plugin& table, const std::string& extra) {
  v1::plugin::OpenRequest request;
  request.set_kind("artifact_repository");
  request.set_name("shelf");
  v1::plugin::OpenedInstance opened;
  opened.ParseFromString(call_bare(table, 0, "Control", "Open", request.SerializeAsString() + extra));
  return opened.instance();
}

millrace_plugin_entry entry_of_shelf() {
  void* library = dlopen(kShelf.c_str(), library_load_flags());
  REQUIRE(library != nullptr);
  return reinterpret_cast<millrace_plugin_entry>(dlsym(library, MILLRACE_PLUGIN_ENTRY_SYMBOL));
}

}  // namespace

TEST_CASE("a library that does not fit the interface is refused with what is wrong") {
  tells("no-entry", "does not export millrace_plugin_entry_v1; build it with millrace_add_plugin()");
  tells("other-major-entry", "built for major 2 of the plugin interface, this Millrace has major 1.");
  tells("wrong-major", "built for major 7 of the plugin interface, this Millrace has major 1.");
  tells("wrong-hash", "not that of the major that it claims");
  tells("no-hash", "not that of the major that it claims");
  tells("short-table", "its table of functions has 24 bytes");
  tells("no-call", "lacks one of the functions that every plugin has");
  tells("refuses", "it refused to start; the log tells why");
  tells("unresolved", "millrace_test_function_of_nobody");
}

TEST_CASE("what crashes, hangs or exits while it is loaded does so in a process of its own") {
  const auto told = [](const std::string& defect) {
    return refusal(
        [&] { probe_library("bad-" + defect, library_of(defect), std::chrono::milliseconds(500)); });
  };
  CHECK(told("crash-at-load").find("was ended by signal 11. It said: the licence server is on fire") !=
        std::string::npos);
  CHECK(told("crash-at-entry").find("was ended by signal 6") != std::string::npos);
  CHECK(told("exit-at-load").find("ended with status 0") != std::string::npos);
  CHECK(told("hang-at-load").find("was not done after 500 ms") != std::string::npos);
  for (const char* orderly : {"sound", "refuses", "no-entry", "unresolved"})
    CHECK(told(orderly) == "nothing was thrown");
}

TEST_CASE("a table of a later minor is longer and works; fields that we do not know are no fault") {
  Loading loading;
  for (const char* fine : {"sound", "long-table"}) {
    const auto repository = loading.open(fine);
    CHECK(repository->list(kContext, {}).files_size() == 0);
  }
}

TEST_CASE("functions that a table does not have are told, not called") {
  Loading loading;
  const auto repository = loading.open("no-streams");
  const auto told = [](const std::function<void()>& action) -> std::string {
    try {
      action();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kNotImplemented);
      return error.what();
    }
    return "";
  };
  CHECK(told([&] { repository->read(kContext, {}); }).find("'bad-no-streams'") != std::string::npos);
  CHECK(told([&] { repository->write(kContext, {}); }).find("has no uploads") != std::string::npos);
}

TEST_CASE("an answer that is missing or larger than answers are is a fault of the plugin") {
  Loading loading;
  const auto code_of = [&](const std::string& defect) {
    try {
      loading.open(defect)->list(kContext, {});
    } catch (const Error& error) {
      return std::string(error_code_name(error.code())) + ": " + error.what();
    }
    return std::string();
  };
  CHECK(code_of("no-answer") == "INTERNAL_ERROR: The plugin did not answer.");
  CHECK(code_of("huge-answer")
            .starts_with("RESOURCE_EXHAUSTED: The plugin's answer is larger than the 64 MiB"));
}

TEST_CASE("a plugin reads no more of the host's table than the host has") {
  const GuardedPage page;
  constexpr size_t kWithoutLog = offsetof(millrace_host, log);
  auto* host = static_cast<millrace_host*>(page.last(kWithoutLog));
  std::memset(static_cast<void*>(host), 0, kWithoutLog);
  host->size = kWithoutLog;
  const millrace_plugin* table = entry_of_shelf()(host);
  REQUIRE(table != nullptr);
  CHECK(open_shelf(*table, "") > 0);
  table->destroy(table->context);
}

TEST_CASE("a plugin takes what a later host's table and messages have more for not there") {
  struct LaterHost {
    millrace_host known;
    void* more[16];
  };
  LaterHost host{};
  std::memset(host.more, 0xff, sizeof host.more);
  host.known.size = sizeof host;
  host.known.log = [](void*, int32_t, millrace_text) {};
  const millrace_plugin* table = entry_of_shelf()(&host.known);
  REQUIRE(table != nullptr);
  const int64_t instance = open_shelf(*table, kFromLaterMinor);
  REQUIRE(instance > 0);
  v1::plugin::ArtifactListing listing;
  CHECK(listing.ParseFromString(call_bare(*table, instance, "ArtifactRepository", "List", kFromLaterMinor)));
  CHECK(listing.files_size() == 0);
  const std::string refused = call_bare(*table, instance, "ArtifactRepository", "Shelve", "");
  CHECK(refused.starts_with("NOT_IMPLEMENTED: The plugin was built without the operation"));
  table->destroy(table->context);
}

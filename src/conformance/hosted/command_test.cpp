#include "conformance/hosted/command.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "conformance/hosted/descendants.h"
#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::conformance;

namespace {

CommandOutcome shell(const std::string& script, int milliseconds = 20'000) {
  return run_command({"sh", "-c", script}, "/", std::chrono::milliseconds(milliseconds));
}

}  // namespace

TEST_CASE("a command tells its exit status and the last line that it printed") {
  CHECK(shell("true").status == 0);
  CHECK(shell("true").last_line.empty());
  const CommandOutcome outcome = shell("echo one; echo two >&2; echo; exit 77");
  CHECK(outcome.status == 77);
  CHECK(outcome.last_line == "two");
  CHECK(shell("kill -TERM $$").status == 128 + SIGTERM);
}

TEST_CASE("a command has no input and runs in its folder") {
  const plugin::TestFolder folder;
  folder.write("run", "#!/bin/sh\ncat\npwd\n");
  std::filesystem::permissions(folder / "run", std::filesystem::perms::owner_all);
  CHECK(run_command({"./run"}, folder.path(), std::chrono::seconds(20)).last_line == folder.path().string());
}

TEST_CASE("a program that is not there is told") {
  CHECK(plugin::message_of([] { run_command({"./none"}, "/", std::chrono::seconds(1)); }) ==
        "The command './none' cannot be started: No such file or directory.");
}

TEST_CASE("a command that takes too long is ended with what it started, silent or not") {
  for (const char* script : {"sleep 60 & sleep 60", "while :; do echo; done", "exec sleep 60 >&- 2>&-"}) {
    CAPTURE(script);
    CHECK(plugin::message_of([&] { shell(script, 1000); }) == "The command 'sh' is not done within 1 s.");
  }
  CHECK(descendants_of(getpid()).empty());
}

TEST_CASE("what a command leaves in the background keeps nobody waiting and is ended") {
  CHECK(shell("sleep 60 & echo done").last_line == "done");
  CHECK(descendants_of(getpid()).empty());
}

TEST_CASE("descendants are found at any depth and ended") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string told = "/dev/fd/" + std::to_string(ends[1]);
    execl("/bin/sh", "sh", "-c", ("sleep 60 & sh -c 'echo >" + told + "; sleep 60; true'; true").c_str(),
          nullptr);
    _exit(1);
  }
  char byte = 0;
  REQUIRE(read(ends[0], &byte, 1) == 1);
  CHECK(descendants_of(getpid()).size() >= 3);
  end_descendants();
  CHECK(descendants_of(getpid()).empty());
  close(ends[0]);
  close(ends[1]);
}

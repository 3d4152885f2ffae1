#include "plugin/host/spawn.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

using namespace millrace;
using namespace millrace::plugin;

namespace {

struct Ended {
  std::string printed;
  int status = 0;
};

SpawnOptions shell(const std::string& script) {
  SpawnOptions options;
  options.program = "/bin/sh";
  options.arguments = {"sh", "-c", script};
  options.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
  options.folder = "/usr";
  return options;
}

std::string read_all(const Descriptor& pipe) {
  std::string all;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(pipe.get(), buffer, sizeof buffer)) > 0;)
    all.append(buffer, static_cast<size_t>(count));
  return all;
}

Ended run(const std::string& script) {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  SpawnOptions options = shell(script);
  options.input = input.read.get();
  options.output = options.errors = output.write.get();
  const Spawned spawned = spawn(std::move(options));
  REQUIRE(spawned.fault == 0);
  input.read = Descriptor();
  input.write = Descriptor();
  output.write = Descriptor();
  Ended ended;
  ended.printed = read_all(output.read);
  waitpid(spawned.pid, &ended.status, 0);
  return ended;
}

// A program with no pipes of ours.
Spawned try_to_spawn(const std::string& program, const std::string& folder) {
  SpawnOptions options = shell("");
  options.program = program;
  options.folder = folder;
  options.input = options.output = options.errors = STDERR_FILENO;
  return spawn(std::move(options));
}

}  // namespace

TEST_CASE("a program has its folder, its environment and its three descriptors, and nothing of ours") {
  const int inherited = open("/dev/null", O_RDONLY);  // not closed by exec
  CHECK(run("pwd").printed == "/usr\n");
  CHECK(run("echo $ONLY-$HOME-$MILLRACE_TEST").printed == "this--\n");
  // The fourth is the folder that ls itself reads.
  CHECK(run("echo $(ls /proc/self/fd)").printed == "0 1 2 3\n");
  CHECK(run("read line || echo end").printed == "end\n");
  close(inherited);
}

TEST_CASE("a program gives up rights that a plugin does not need") {
  CHECK(run("umask").printed == "0077\n");
  CHECK(run("ulimit -c; ulimit -H -c").printed == "0\n0\n");
  CHECK(run("grep NoNewPrivs /proc/self/status").printed == "NoNewPrivs:\t1\n");
}

TEST_CASE("our own process keeps what it has") {
  rlimit before{};
  rlimit after{};
  getrlimit(RLIMIT_CORE, &before);
  sigset_t blocked;
  const mode_t mask = umask(022);
  run("true");
  getrlimit(RLIMIT_CORE, &after);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  CHECK(after.rlim_cur == before.rlim_cur);
  CHECK(umask(mask) == 022);
  CHECK(sigismember(&blocked, SIGTERM) == 0);
}

TEST_CASE("signals that we ignore or block end a program, but files that may not grow are an error to it") {
  for (const int number : {SIGTERM, SIGPIPE, SIGXFSZ}) signal(number, SIG_IGN);
  sigset_t usual;
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &usual);
  CHECK(how_it_ended(run("kill -TERM $$; echo lives on").status) == "was ended by signal 15");
  CHECK(how_it_ended(run("kill -PIPE $$; echo lives on").status) == "was ended by signal 13");
  CHECK(run("kill -XFSZ $$; echo lives on").printed == "lives on\n");
  pthread_sigmask(SIG_SETMASK, &usual, nullptr);
  for (const int number : {SIGTERM, SIGPIPE, SIGXFSZ}) signal(number, SIG_DFL);
}

TEST_CASE("a program leads a group of its own") {
  CHECK(run("set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo leads").printed == "leads\n");
}

TEST_CASE("what cannot be started is told by its errno and leaves no process behind") {
  CHECK(try_to_spawn("/no/such/program", "/").fault == ENOENT);
  CHECK(try_to_spawn("/etc/passwd", "/").fault == EACCES);
  CHECK(try_to_spawn("/bin/sh", "/no/such/folder").fault == ENOENT);
  CHECK(try_to_spawn("/bin/sh", "/no/such/folder").pid == -1);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

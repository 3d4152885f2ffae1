#include "plugin/host/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "base/error.h"
#include "plugin/host/child_environment.h"
#include "plugin/host/child_log_line.h"
#include "plugin/host/spawn.h"

namespace millrace::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kLongestLine = 16 * 1024;
constexpr size_t kRecent = 2000;
constexpr std::chrono::milliseconds kMemoryInterval{250};

[[noreturn]] void fail(const std::string& id, const std::string& why) {
  throw Error(ErrorCode::kTemporarilyUnavailable, "The plugin '" + id + "' " + why);
}

std::filesystem::path make_private_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "millrace-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw Error(ErrorCode::kInternalError, "No private folder for a plugin can be made below " +
                                               std::filesystem::temp_directory_path().string() + ".");
  return pattern;
}

}  // namespace

ChildProcess::ChildProcess(const Manifest& manifest, Log& log)
    : id_(manifest.id),
      memory_limit_(manifest.run.memory_limit_mb ? std::optional(*manifest.run.memory_limit_mb << 20)
                                                 : std::nullopt),
      log_(log),
      folder_(make_private_folder()),
      socket_path_((folder_ / "plugin.sock").string()) {
  try {
    start(manifest);
    check_handshake(read_handshake(Clock::now() + manifest.run.start_timeout));
    follower_ = std::thread([this] { follow(); });
  } catch (...) {
    hurry(std::chrono::milliseconds(0));  // it has nothing to finish
    stop();
    throw;
  }
}

ChildProcess::~ChildProcess() {
  stop();
}

void ChildProcess::start(const Manifest& manifest) {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  const std::string program = child_command(manifest).front();
  Spawned spawned =
      spawn({program, child_command(manifest), child_environment(manifest, socket_path_),
             manifest.folder.string(), input.read.get(), output.write.get(), errors.write.get()});
  if (spawned.fault != 0)
    fail(id_, "cannot be started: " + program + ": " + std::strerror(spawned.fault) + ".");
  pid_ = spawned.pid;
  running_ = true;
  end_ = std::move(spawned.ending);
  input_ = std::move(input.write);
  output_ = std::move(output.read);
  errors_ = std::move(errors.read);
  for (const Descriptor* pipe : {&output_, &errors_}) fcntl(pipe->get(), F_SETFL, O_NONBLOCK);
}

// Standard error is carried meanwhile, so that a plugin that explains itself before the handshake is heard.
std::string ChildProcess::read_handshake(Clock::time_point end) {
  std::string line;
  while (line.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) fail(id_, "did not answer in time after its start." + recent_);
    pollfd ready[] = {{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}};
    ::poll(ready, 2, static_cast<int>(left.count()));
    if (ready[1].revents != 0 && !carry(errors_, errors_rest_)) errors_ = Descriptor();
    if (ready[0].revents == 0) continue;
    char buffer[1024];
    const ssize_t count = ::read(output_.get(), buffer, sizeof buffer);
    if (count == 0) {
      if (errors_.is_open()) carry(errors_, errors_rest_);
      fail(id_, "ended before its handshake." + recent_);
    }
    if (count > 0) line.append(buffer, static_cast<size_t>(count));
    if (line.size() > kLongestLine) fail(id_, "printed no handshake line but something else.");
  }
  output_rest_ = line.substr(line.find('\n') + 1);
  return line.substr(0, line.find('\n'));
}

void ChildProcess::check_handshake(const std::string& line) {
  const std::string expected = " ttrpc unix:" + socket_path_;
  constexpr std::string_view kStart = "millrace-plugin ";
  if (!line.starts_with(kStart) || !line.ends_with(expected)) {
    fail(id_, "printed \"" + harmless_text(line.substr(0, 200)) +
                  "\" where its handshake line was expected: \"" + std::string(kStart) + "MAJOR.MINOR" +
                  " ttrpc unix:PATH\". Nothing may be printed before it.");
  }
  const std::string version =
      harmless_text(line.substr(kStart.size(), line.size() - kStart.size() - expected.size()));
  const std::string major = version.substr(0, version.find('.'));
  if (major == std::to_string(kHostProtocol.major)) return;
  throw Error(ErrorCode::kInvalidState, "The plugin '" + id_ + "' speaks protocol " + version +
                                            ", this Millrace speaks " + kHostProtocol.to_string() +
                                            "; get a version of the plugin for it.");
}

void ChildProcess::follow() {
  bool ended = false;
  while (!ended) {
    pollfd ready[] = {{end_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}};
    ::poll(ready, 3, memory_limit_ ? static_cast<int>(kMemoryInterval.count()) : -1);
    if (ready[1].revents != 0 && !carry(output_, output_rest_)) output_ = Descriptor();
    if (ready[2].revents != 0 && !carry(errors_, errors_rest_)) errors_ = Descriptor();
    if (memory_limit_) watch_memory();
    ended = ready[0].revents != 0;
  }
  for (auto [pipe, rest] : {std::pair(&output_, &output_rest_), std::pair(&errors_, &errors_rest_)}) {
    if (pipe->is_open()) carry(*pipe, *rest);
    if (!rest->empty()) log_line(*rest);
  }
  // What it started and left behind must not live on. As long as nobody waited for the process, its number
  // and that of its group belong to no other.
  ::kill(-pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  end_status_ = status;
  running_ = false;
  running_.notify_all();
}

// Asked of the system: the follower learns of the end a moment later.
bool ChildProcess::running() const {
  if (!running_) return false;
  pollfd ended{end_.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

// Takes what is there; false when the pipe has ended. A line that is too long is cut into pieces.
bool ChildProcess::carry(Descriptor& pipe, std::string& rest) {
  char buffer[8192];
  ssize_t count = 0;
  while ((count = ::read(pipe.get(), buffer, sizeof buffer)) > 0) {
    rest.append(buffer, static_cast<size_t>(count));
    size_t start = 0;
    for (size_t end = 0; (end = rest.find('\n', start)) != std::string::npos; start = end + 1)
      log_line(std::string_view(rest).substr(start, end - start));
    rest.erase(0, start);
    if (rest.size() < kLongestLine) continue;
    log_line(rest);
    rest.clear();
  }
  return count < 0 && (errno == EAGAIN || errno == EINTR);
}

void ChildProcess::log_line(std::string_view line) {
  if (line.empty()) return;
  const ChildLogLine parsed = parse_child_log_line(line);
  log_.write(parsed.level, parsed.message, {{"plugin", id_}});
  if (!follower_.joinable() && recent_.size() < kRecent)
    recent_ += (recent_.empty() ? " It said: " : " / ") + parsed.message.substr(0, kRecent);
}

void ChildProcess::watch_memory() {
  const int64_t resident = resident_bytes();
  if (resident <= static_cast<int64_t>(*memory_limit_) || over_memory_.exchange(true)) return;
  log_.write(LogLevel::kError,
             "the plugin uses " + std::to_string(resident >> 20) + " MiB of memory, more than the " +
                 std::to_string(*memory_limit_ >> 20) + " MiB of its manifest, and is ended",
             {{"plugin", id_}});
  ::kill(-pid_, SIGKILL);
}

int64_t ChildProcess::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  int64_t total = 0;
  int64_t resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string ChildProcess::end_reason() const {
  if (running()) return "";
  running_.wait(true);  // until the follower has taken its status
  return over_memory_ ? "was ended because it used more memory than its manifest allows"
                      : how_it_ended(end_status_);
}

// By its descriptor, since the number may be another process's once the follower has seen the end.
void ChildProcess::kill() noexcept {
  syscall(SYS_pidfd_send_signal, end_.get(), SIGKILL, nullptr, 0);
  pollfd ended{end_.get(), POLLIN, 0};
  ::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(kStopGrace).count()));
}

void ChildProcess::stop() noexcept {
  if (pid_ > 0 && (running_ || follower_.joinable())) {
    input_ = Descriptor();
    if (running_) ::kill(pid_, SIGTERM);
    pollfd ended{end_.get(), POLLIN, 0};
    if (running_ && ::poll(&ended, 1, static_cast<int>(grace_.load().count())) == 0) ::kill(-pid_, SIGKILL);
    if (follower_.joinable()) {
      follower_.join();
    } else {
      ::kill(-pid_, SIGKILL);
      int status = 0;
      waitpid(pid_, &status, 0);
      running_ = false;
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace millrace::plugin

#include "plugin/host/child_plugin.h"

#include <algorithm>

#include "base/error.h"
#include "plugin/host/child_channel.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::plugin {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr std::chrono::milliseconds kLongestPauseOfServed{100};
// A process that served this long has proved that it can: its end is taken as the first one.
constexpr std::chrono::seconds kGoodWhile{10};

std::chrono::milliseconds pause_after(int failures, std::chrono::milliseconds longest) {
  if (failures <= 1) return std::chrono::milliseconds(0);
  return std::min(longest, kFirstPause * (1 << std::min(failures - 2, 10)));
}

}  // namespace

ChildSession::ChildSession(const Manifest& manifest, Log& log)
    : process_(manifest, log), client_(ttrpc::connect_unix(process_.socket_path()).release()) {}

std::unique_ptr<ttrpc::Client> ChildSession::connect() const {
  return std::make_unique<ttrpc::Client>(ttrpc::connect_unix(process_.socket_path()).release());
}

std::shared_ptr<Channel> ChildPlugin::open(const Opening& opening) {
  auto channel = std::make_shared<ChildChannel>(shared_from_this(), opening);
  channel->connect();
  return channel;
}

// Those who come while it is started wait for the outcome, which is theirs too; health() does not.
std::shared_ptr<ChildSession> ChildPlugin::session() {
  if (auto running = running_session()) return running;
  const std::lock_guard starting(start_mutex_);
  if (auto running = running_session()) return running;
  take_dead_session();
  refuse_while_pausing();
  return start();
}

std::shared_ptr<ChildSession> ChildPlugin::running_session() {
  const std::lock_guard lock(mutex_);
  if (stopped_) throw Error(ErrorCode::kTemporarilyUnavailable, "The server is stopping its plugins.");
  return session_ != nullptr && session_->usable() ? session_ : nullptr;
}

// Given back so that it is ended without the lock, which takes a moment if it hangs.
std::shared_ptr<ChildSession> ChildPlugin::take_dead_session() {
  const std::lock_guard lock(mutex_);
  if (session_ != nullptr) note_end(*session_);
  return std::move(session_);
}

void ChildPlugin::refuse_while_pausing() const {
  const std::lock_guard lock(mutex_);
  if (Clock::now() >= next_start_) return;
  throw Error(
      ErrorCode::kTemporarilyUnavailable,
      "The plugin '" + manifest_.id + "' is not running and will be started again in a moment. " + fault_);
}

void ChildPlugin::note_end(ChildSession& session) {
  if (Clock::now() - started_ > kGoodWhile) failures_ = 0;
  ++failures_;
  fault_ =
      "It " + (session.process().running() ? "closed its connection" : session.process().end_reason()) + ".";
  next_start_ =
      Clock::now() + pause_after(failures_, session.served() ? kLongestPauseOfServed : kLongestPause);
  session.give_up();
  log_.write(LogLevel::kError, fault_, {{"plugin", manifest_.id}});
}

void ChildPlugin::note_failed_start(const Error& error) {
  const std::lock_guard lock(mutex_);
  ++failures_;
  fault_ = error.what();
  next_start_ = Clock::now() + pause_after(failures_ + 1, kLongestPause);
  log_.write(LogLevel::kError, fault_, {{"plugin", manifest_.id}});
}

std::shared_ptr<ChildSession> ChildPlugin::start() {
  std::shared_ptr<ChildSession> made;
  try {
    admit_(manifest_);
    made = std::make_shared<ChildSession>(manifest_, log_);
  } catch (const Error& error) {
    note_failed_start(error);
    throw;
  }
  const std::lock_guard lock(mutex_);
  if (stopped_) throw Error(ErrorCode::kTemporarilyUnavailable, "The server is stopping its plugins.");
  session_ = made;
  started_ = Clock::now();
  ++starts_;
  fault_.clear();
  log_.write(LogLevel::kInfo, "started",
             {{"plugin", manifest_.id}, {"pid", std::to_string(made->process().pid()), true}});
  return made;
}

void ChildPlugin::stop() {
  std::shared_ptr<ChildSession> last;
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  last = std::move(session_);
}

void ChildPlugin::kill() {
  std::shared_ptr<ChildSession> last;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    last = session_;
  }
  if (last != nullptr) last->kill();
}

std::optional<pid_t> ChildPlugin::process_id() const {
  const std::lock_guard lock(mutex_);
  if (session_ == nullptr || !session_->process().running()) return std::nullopt;
  return session_->process().pid();
}

PluginHealth ChildPlugin::health() const {
  PluginHealth health;
  health.id = manifest_.id;
  const std::lock_guard lock(mutex_);
  health.running = session_ != nullptr && session_->usable();
  health.starts = starts_;
  if (health.running) {
    health.pid = session_->process().pid();
    health.resident_bytes = session_->process().resident_bytes();
  }
  health.fault = health.running ? "" : fault_;
  if (fault_.empty() && session_ != nullptr && !health.running)
    health.fault = "It " + session_->process().end_reason() + ".";
  return health;
}

}  // namespace millrace::plugin

#include "plugin/host/child_plugin.h"

#include <algorithm>

#include "base/error.h"
#include "plugin/host/child_channel.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::plugin {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};
// A process that served this long has proved that it can: its end is taken as the first one.
constexpr std::chrono::seconds kGoodWhile{10};

constexpr std::chrono::milliseconds kHealthPatience{200};

std::chrono::milliseconds pause_after(int failures) {
  if (failures <= 1) return std::chrono::milliseconds(0);
  return std::min(kLongestPause, kFirstPause * (1 << std::min(failures - 2, 10)));
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

std::shared_ptr<ChildSession> ChildPlugin::session() {
  const std::lock_guard lock(mutex_);
  if (session_ != nullptr && session_->usable()) return session_;
  if (stopped_) throw Error(ErrorCode::kTemporarilyUnavailable, "The server is stopping its plugins.");
  if (session_ != nullptr) note_end(*session_);
  session_.reset();
  if (Clock::now() < next_start_) {
    throw Error(
        ErrorCode::kTemporarilyUnavailable,
        "The plugin '" + manifest_.id + "' is not running and will be started again in a moment. " + fault_);
  }
  return start();
}

void ChildPlugin::note_end(const ChildSession& session) {
  if (Clock::now() - started_ > kGoodWhile) failures_ = 0;
  ++failures_;
  fault_ =
      "It " + (session.process().running() ? "closed its connection" : session.process().end_reason()) + ".";
  next_start_ = Clock::now() + pause_after(failures_);
  log_.write(LogLevel::kError, fault_, {{"plugin", manifest_.id}});
}

// Others wait for the start under the lock: they need its outcome too.
std::shared_ptr<ChildSession> ChildPlugin::start() {
  try {
    admit_(manifest_);
    session_ = std::make_shared<ChildSession>(manifest_, log_);
  } catch (const Error& error) {
    ++failures_;
    fault_ = error.what();
    next_start_ = Clock::now() + pause_after(failures_ + 1);
    log_.write(LogLevel::kError, fault_, {{"plugin", manifest_.id}});
    throw;
  }
  started_ = Clock::now();
  ++starts_;
  fault_.clear();
  log_.write(LogLevel::kInfo, "started",
             {{"plugin", manifest_.id}, {"pid", std::to_string(session_->process().pid()), true}});
  return session_;
}

void ChildPlugin::stop() {
  std::shared_ptr<ChildSession> last;
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  last = std::move(session_);
}

PluginHealth ChildPlugin::health() const {
  PluginHealth health;
  health.id = manifest_.id;
  // A start holds the lock for as long as it takes.
  const std::unique_lock lock(mutex_, kHealthPatience);
  if (!lock.owns_lock()) {
    health.fault = "It is being started.";
    return health;
  }
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

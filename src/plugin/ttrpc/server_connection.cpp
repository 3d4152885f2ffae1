#include "plugin/ttrpc/server_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "plugin/ttrpc/server_task.h"

namespace millrace::ttrpc {
namespace {

/// Frames that one thread reads before it lets other connections have their turn.
constexpr int kFramesATurn = 16;

Error client_gone() {
  return {ErrorCode::kTemporarilyUnavailable, "The client closed the connection"};
}

}  // namespace

ServerConnection::ServerConnection(FileDescriptor socket, ConnectionOwner& owner)
    : socket_(std::move(socket)),
      owner_(owner),
      sender_(socket_.get(),
              [this](Clock::time_point) {
                pollfd entry{socket_.get(), POLLOUT, 0};
                poll(&entry, 1, -1);
              }),
      reader_(socket_.get()) {}

ServerConnection::~ServerConnection() = default;

// --- reading ---

ServerConnection::Step ServerConnection::read() {
  const std::lock_guard reading(reading_);
  for (int frames = 0; frames < kFramesATurn; ++frames) {
    Next next = Next::kWait;
    std::optional<Frame> frame = next_frame(next);
    if (!frame) return {next, nullptr};
    std::unique_ptr<ServerTask> task = accept_frame(*std::move(frame));
    if (task) return {reader_.buffered() ? Next::kReadOn : Next::kWait, std::move(task)};
    if (pause_when_full()) return {Next::kPaused, nullptr};
  }
  return {reader_.buffered() ? Next::kReadOn : Next::kWait, nullptr};
}

std::optional<Frame> ServerConnection::next_frame(Next& next) {
  try {
    Frame frame;
    const FrameReader::Outcome outcome = reader_.next(frame);
    if (outcome == FrameReader::Outcome::kFrame) return frame;
    if (outcome == FrameReader::Outcome::kWouldBlock) return std::nullopt;
  } catch (const Error& error) {
    owner_.options().on_fault(std::string("A connection was closed: ") + error.what());
  }
  mark_closed();
  next = Next::kClosed;
  return std::nullopt;
}

std::unique_ptr<ServerTask> ServerConnection::accept_frame(Frame&& frame) {
  const bool data = frame.header.is(FrameType::kData);
  if (frame.oversized() && !data)
    return refuse(std::move(frame), kGrpcResourceExhausted, oversized_text(frame.header.length));
  if (frame.header.stream % 2 == 0)
    return refuse(std::move(frame), kInvalidArgument, "StreamID must be odd for client initiated streams");
  if (data) return accept_data(std::move(frame));
  if (frame.header.is(FrameType::kRequest)) return accept_request(std::move(frame));
  return nullptr;  // The official libraries leave what they do not know to later versions, too.
}

std::unique_ptr<ServerTask> ServerConnection::accept_request(Frame&& frame) {
  const uint32_t id = frame.header.stream;
  const Lock lock(mutex_);
  if (id <= last_id_)
    return refuse(std::move(frame), kInvalidArgument, "StreamID cannot be re-used and must increment");
  last_id_ = id;
  // Not counted as active, so that a client that goes on asking does not keep a stopping server from its end.
  if (owner_.stopping()) return refuse(std::move(frame), kUnavailable, "The server is stopping");
  ++active_;
  auto task = std::make_unique<ServerTask>(shared_from_this(), std::move(frame), owner_);
  if (task->stream()) streams_.emplace(id, task->stream());
  return task;
}

std::unique_ptr<ServerTask> ServerConnection::accept_data(Frame&& frame) {
  const Lock lock(mutex_);
  const auto found = streams_.find(frame.header.stream);
  if (found != streams_.end()) {
    deliver(*found->second, std::move(frame));
    return nullptr;
  }
  // Data may still be on its way when a handler has answered early; only what never was a stream is an error.
  if (frame.header.stream <= last_id_) return nullptr;
  return refuse(std::move(frame), kInvalidArgument, "StreamID is no longer active");
}

std::unique_ptr<ServerTask> ServerConnection::refuse(Frame&& frame, int32_t code,
                                                     const std::string& message) {
  return std::make_unique<ServerTask>(shared_from_this(), frame.header.stream, Status{code, message, {}});
}

void ServerConnection::deliver(ServerStreamState& stream, Frame&& frame) {
  const bool last = frame.header.has(kRemoteClosed);
  if (frame.oversized())
    stream.fault = Error(ErrorCode::kResourceExhausted, oversized_text(frame.header.length));
  else if (!frame.header.has(kNoData) && !stream.fault) {
    stream.queued += frame.payload.size();
    stream.frames.push_back(std::move(frame));
  }
  stream.client_ended |= last;
  stream.changed.notify_one();
}

// --- handlers ---

void ServerConnection::send(const Outgoing& message) {
  if (closed_) throw client_gone();
  FrameSender::Turn turn(sender_, kNoDeadline);
  turn.send(message, kNoDeadline);
}

std::optional<Frame> ServerConnection::receive(ServerStreamState& stream, Clock::time_point deadline) {
  Lock lock(mutex_);
  const auto ready = [&] { return !stream.frames.empty() || stream.fault || stream.client_ended || closed_; };
  if (deadline == kNoDeadline)
    stream.changed.wait(lock, ready);
  else if (!stream.changed.wait_until(lock, deadline, ready))
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "The client sent nothing more before the deadline of the stream");
  if (stream.fault) throw Error(*stream.fault);
  if (stream.frames.empty() && stream.client_ended) return std::nullopt;
  if (stream.frames.empty()) throw client_gone();
  Frame frame = std::move(stream.frames.front());
  stream.frames.pop_front();
  stream.queued -= frame.payload.size();
  if (paused_since_) paused_since_ = Clock::now();
  resume_when_drained();
  return frame;
}

void ServerConnection::finished(uint32_t id) {
  {
    const Lock lock(mutex_);
    streams_.erase(id);
    --active_;
    resume_when_drained();
  }
  if (owner_.stopping()) shut_when_idle();
}

// --- streams that are not read ---

bool ServerConnection::any_full() const {
  return std::any_of(streams_.begin(), streams_.end(), [&](const auto& entry) {
    return entry.second->queued > owner_.options().stream_window;
  });
}

// From the moment the lock is released another thread may read.
bool ServerConnection::pause_when_full() {
  {
    const Lock lock(mutex_);
    if (closed_ || !any_full()) return false;
    paused_since_ = Clock::now();
  }
  owner_.paused();
  return true;
}

void ServerConnection::resume_when_drained() {
  if (!paused_since_ || any_full()) return;
  paused_since_.reset();
  owner_.resumed(shared_from_this());
}

void ServerConnection::give_up_stalled(Clock::time_point now) {
  const Lock lock(mutex_);
  if (!paused_since_ || now < *paused_since_ + owner_.options().stall_limit) return;
  for (const auto& [id, stream] : streams_) {
    if (stream->queued <= owner_.options().stream_window) continue;
    stream->fault =
        Error(ErrorCode::kResourceExhausted, "The handler took no message of the stream for too long");
    stream->frames.clear();
    stream->queued = 0;
    stream->changed.notify_all();
  }
  resume_when_drained();
}

// --- the end ---

void ServerConnection::mark_closed() {
  const Lock lock(mutex_);
  closed_ = true;
  shutdown(socket_.get(), SHUT_RDWR);
  for (const auto& [id, stream] : streams_) stream->changed.notify_all();
}

void ServerConnection::shut() noexcept {
  const Lock lock(mutex_);
  closed_ = true;
  shutdown(socket_.get(), SHUT_RDWR);
  for (const auto& [id, stream] : streams_) stream->changed.notify_all();
  if (!paused_since_) return;
  paused_since_.reset();
  owner_.resumed(shared_from_this());
}

void ServerConnection::shut_when_idle() noexcept {
  {
    const Lock lock(mutex_);
    if (active_ > 0) return;
  }
  shut();
}

}  // namespace millrace::ttrpc

#include "conformance/testing/remote.h"

#include <algorithm>
#include <cstring>

namespace millrace::conformance::testing {
namespace {

std::unique_ptr<Connection> begin(ConnectionPool& pool, const std::string& operation,
                                  const google::protobuf::MessageLite& request) {
  auto connection = pool.take();
  connection->send(Frame::kCall, operation);
  connection->send(Frame::kRequest, request.SerializeAsString());
  return connection;
}

class RemoteSource : public ByteSource {
 public:
  explicit RemoteSource(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  size_t read(std::span<char> buffer) override {
    if (position_ == piece_.size() && !at_end_) receive();
    const size_t count = std::min(buffer.size(), piece_.size() - position_);
    std::memcpy(buffer.data(), piece_.data() + position_, count);
    position_ += count;
    return count;
  }

 private:
  void receive() {
    Connection::Message message = connection_->receive_answer();
    at_end_ = message.frame == Frame::kDone;
    piece_ = std::move(message.bytes);
    position_ = 0;
  }

  std::unique_ptr<Connection> connection_;
  std::string piece_;
  size_t position_ = 0;
  bool at_end_ = false;
};

// The server gives the file up when the connection closes before kCommit.
class RemoteSink : public ByteSink {
 public:
  explicit RemoteSink(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~RemoteSink() override = default;

  void write(std::string_view chunk) override { exchange(Frame::kData, chunk); }
  void commit() override { exchange(Frame::kCommit, ""); }

 private:
  void exchange(Frame frame, std::string_view bytes) {
    connection_->send(frame, bytes);
    connection_->receive_answer();
  }

  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::string call(ConnectionPool& pool, const std::string& operation,
                 const google::protobuf::MessageLite& request) {
  auto connection = begin(pool, operation, request);
  Connection::Message message = connection->receive();
  pool.give_back(std::move(connection));
  if (message.frame == Frame::kDone) return std::move(message.bytes);
  throw Error(static_cast<ErrorCode>(message.bytes.at(0)), message.bytes.substr(1));
}

std::unique_ptr<ByteSource> download(std::shared_ptr<ConnectionPool> pool, const std::string& operation,
                                     const google::protobuf::MessageLite& request) {
  auto connection = begin(*pool, operation, request);
  connection->receive_answer();
  return std::make_unique<RemoteSource>(std::move(connection));
}

std::unique_ptr<ByteSink> upload(std::shared_ptr<ConnectionPool> pool, const std::string& operation,
                                 const google::protobuf::MessageLite& request) {
  auto connection = begin(*pool, operation, request);
  connection->receive_answer();
  return std::make_unique<RemoteSink>(std::move(connection));
}

}  // namespace millrace::conformance::testing

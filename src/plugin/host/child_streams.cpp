#include "plugin/host/child_streams.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "plugin/ttrpc/protobuf_wire.h"

namespace millrace::plugin {
namespace {

constexpr size_t kPiece = size_t{1} << 20;

class ChildSource : public ByteSource {
 public:
  ChildSource(std::unique_ptr<ttrpc::Client> connection, const Method& method, std::string_view request,
              const ttrpc::CallOptions& options)
      : connection_(std::move(connection)),
        method_(method),
        stream_(connection_->open_stream(method.service, method.name, request, options)) {
    next();
    size_known_ = size_ >= 0;
  }

  size_t read(std::span<char> buffer) override {
    while (left_.empty()) {
      if (!next()) return 0;
    }
    const size_t count = left_.copy(buffer.data(), buffer.size());
    left_.remove_prefix(count);
    if (size_known_) size_ -= static_cast<int64_t>(count);
    return count;
  }

  std::optional<uint64_t> remaining() const override {
    if (!size_known_ || size_ < 0) return std::nullopt;
    return static_cast<uint64_t>(size_);
  }

 private:
  bool next() {
    std::optional<std::string> message = stream_->receive();
    if (!message) return false;
    message_ = std::move(*message);
    left_ = {};
    ttrpc::wire::Reader reader(message_);
    while (const auto field = reader.next()) {
      if (field->is_bytes(static_cast<uint32_t>(method_.data_field))) left_ = field->bytes;
      if (method_.size_field > 0 && field->is_number(static_cast<uint32_t>(method_.size_field)))
        size_ = static_cast<int64_t>(field->number);
    }
    return true;
  }

  std::unique_ptr<ttrpc::Client> connection_;
  const Method method_;
  std::unique_ptr<ttrpc::ClientStream> stream_;
  std::string message_;
  std::string_view left_;  // of message_
  int64_t size_ = -1;
  bool size_known_ = false;
};

class ChildSink : public ByteSink {
 public:
  ChildSink(std::unique_ptr<ttrpc::Client> connection, const Method& method, std::string_view first,
            const ttrpc::CallOptions& options)
      : connection_(std::move(connection)),
        method_(method),
        stream_(connection_->open_stream(method.service, method.name, std::nullopt, options)) {
    send(first, {});
  }

  void write(std::string_view chunk) override {
    while (!chunk.empty()) {
      const std::string_view piece = chunk.substr(0, kPiece);
      std::string head;
      ttrpc::wire::put_bytes_head(head, static_cast<uint32_t>(method_.data_field), piece.size());
      send(head, piece);
      chunk.remove_prefix(piece.size());
    }
  }

  void commit() override {
    std::string mark;
    ttrpc::wire::put_number(mark, static_cast<uint32_t>(method_.commit_field), 1);
    send(mark, {});
    stream_->close_send();
    if (!stream_->receive())
      throw Error(ErrorCode::kInternalError, "The plugin ended an upload without an answer.");
  }

 private:
  // A server that has ended the stream early tells why when it is asked for its answer.
  void send(std::string_view head, std::string_view body) {
    if (stream_->send(head, body)) return;
    stream_->receive();
    throw Error(ErrorCode::kInternalError, "The plugin ended an upload before all was sent.");
  }

  std::unique_ptr<ttrpc::Client> connection_;
  const Method method_;
  std::unique_ptr<ttrpc::ClientStream> stream_;
};

// What is not a message at all is the plugin's fault.
template <typename Open>
auto understood(const Method& method, Open open) {
  try {
    return open();
  } catch (const ttrpc::wire::Malformed&) {
    throw Error(ErrorCode::kInternalError,
                "The plugin answered " + std::string(method.name) + " with something that is no message.");
  }
}

}  // namespace

std::unique_ptr<ByteSource> open_child_source(const ChildSession& session, const Method& method,
                                              std::string_view request, const ttrpc::CallOptions& options) {
  return understood(
      method, [&] { return std::make_unique<ChildSource>(session.connect(), method, request, options); });
}

std::unique_ptr<ByteSink> open_child_sink(const ChildSession& session, const Method& method,
                                          std::string_view first, const ttrpc::CallOptions& options) {
  return std::make_unique<ChildSink>(session.connect(), method, first, options);
}

}  // namespace millrace::plugin

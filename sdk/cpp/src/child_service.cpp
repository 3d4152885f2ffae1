#include "child_service.h"

#include <charconv>
#include <set>

#include "current_call.h"
#include "plugin/ttrpc/protobuf_wire.h"

namespace millrace::sdk {
namespace {

constexpr std::string_view kControl = "millrace.v1.plugin.Control";
constexpr size_t kPiece = size_t{1} << 20;

CallContext context_of(const ttrpc::ServerCall& call) {
  CallContext context;
  context.request_id = call.metadata("millrace-request-id").value_or("");
  if (const auto deadline = call.deadline()) context.deadline = *deadline;
  return context;
}

int64_t instance_of(const ttrpc::ServerCall& call) {
  const std::string_view text = call.metadata("millrace-instance").value_or("");
  int64_t id = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty())
    throw_invalid_parameter("The call has no metadata 'millrace-instance'.");
  return id;
}

class ControlService : public ttrpc::Service {
 public:
  explicit ControlService(Runtime& runtime) : runtime_(runtime) {}
  bool is_stream(std::string_view) const noexcept override { return false; }
  std::string call(const ttrpc::ServerCall&, std::string_view method, std::string_view payload) override {
    return guarded(runtime_.log(), [&] { return runtime_.control(method, payload); });
  }

 private:
  Runtime& runtime_;
};

// The operations of one kind. Instances are told apart by the metadata of each call.
class KindService : public ttrpc::Service {
 public:
  KindService(Runtime& runtime, const MethodTable& table) : runtime_(runtime), table_(table) {}

  bool is_stream(std::string_view method) const noexcept override {
    const MethodEntry* entry = table_.find(method);
    return entry != nullptr && entry->call == nullptr;
  }

  std::string call(const ttrpc::ServerCall& call, std::string_view method,
                   std::string_view payload) override {
    const CurrentCall current(call);
    return guarded(runtime_.log(), [&] {
      return runtime_.instance(instance_of(call), table_.service())->call(context_of(call), method, payload);
    });
  }

  void stream(const ttrpc::ServerCall& call, std::string_view method, ttrpc::ServerStream& stream) override {
    const CurrentCall current(call);
    guarded(runtime_.log(), [&] {
      const MethodEntry& entry = *table_.find(method);
      const auto instance = runtime_.instance(instance_of(call), table_.service());
      if (entry.download != nullptr) {
        send_all(call, entry.method, *instance, stream);
      } else {
        take_all(call, entry.method, *instance, stream);
      }
    });
  }

 private:
  static void send_all(const ttrpc::ServerCall& call, const Method& method, const Dispatcher& instance,
                       ttrpc::ServerStream& stream) {
    const std::string request = stream.receive().value_or("");
    const auto source = instance.download(context_of(call), method.name, request);
    std::string buffer(kPiece, '\0');
    bool first = true;
    while (true) {
      std::string head;
      const auto remaining = source->remaining();
      if (first && method.size_field > 0 && remaining)
        ttrpc::wire::put_number(head, static_cast<uint32_t>(method.size_field), *remaining);
      const size_t count = source->read(buffer);
      if (count == 0 && head.empty()) return;
      ttrpc::wire::put_bytes_head(head, static_cast<uint32_t>(method.data_field), count);
      stream.send(head, std::string_view(buffer).substr(0, count));
      if (count == 0) return;
      first = false;
    }
  }

  // A message that carries bytes, the mark that all was sent, or both.
  struct Piece {
    std::string_view data;
    bool commit = false;
  };

  static Piece piece_of(std::string_view message, const Method& method) {
    Piece piece;
    ttrpc::wire::Reader reader(message);
    while (const auto field = reader.next()) {
      if (field->is_bytes(static_cast<uint32_t>(method.data_field))) piece.data = field->bytes;
      if (field->is_number(static_cast<uint32_t>(method.commit_field))) piece.commit = field->number != 0;
    }
    return piece;
  }

  static void take_all(const ttrpc::ServerCall& call, const Method& method, const Dispatcher& instance,
                       ttrpc::ServerStream& stream) {
    std::optional<std::string> message = stream.receive();
    if (!message) throw_invalid_parameter("An upload begins with a message that says where it goes.");
    const auto sink = instance.upload(context_of(call), method.name, *message);
    for (; message; message = stream.receive()) {
      const Piece piece = piece_of(*message, method);
      if (!piece.data.empty()) sink->write(piece.data);
      if (!piece.commit) continue;
      sink->commit();
      stream.respond("");
      return;
    }
    throw Error(ErrorCode::kCancelled, "The upload ended before all was sent; nothing was kept.");
  }

  Runtime& runtime_;
  const MethodTable& table_;
};

}  // namespace

ChildServices::ChildServices(Runtime& runtime) {
  services_.emplace_back(std::string(kControl), std::make_unique<ControlService>(runtime));
  std::set<std::string_view> seen;
  for (const MethodTable* table : runtime.tables()) {
    if (seen.insert(table->service()).second)
      services_.emplace_back(std::string(table->service()), std::make_unique<KindService>(runtime, *table));
  }
}

ChildServices::~ChildServices() = default;

void ChildServices::add_to(ttrpc::Server& server) {
  for (auto& [name, service] : services_) server.add_service(name, *service);
}

}  // namespace millrace::sdk

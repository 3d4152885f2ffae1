// The C interface of a plugin that is loaded as a shared library.

#include <algorithm>
#include <cstring>

#include "millrace/plugin_abi.h"
#include "runtime.h"

namespace millrace::sdk {
namespace {

std::string_view view(const millrace_text& text) {
  return {text.data, text.size};
}
millrace_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

// The host's functions as far as it has them: an older host gives fewer, a newer one more than we know.
millrace_host known_part(const millrace_host& host) {
  millrace_host known{};
  std::memcpy(&known, &host, std::min<uint64_t>(host.size, sizeof known));
  return known;
}

class HostLog : public PluginLog {
 public:
  explicit HostLog(const millrace_host& host) : host_(known_part(host)) {}
  void write(PluginLogLevel level, std::string_view message) override {
    if (host_.log == nullptr) return;
    host_.log(host_.context, static_cast<int32_t>(level), text_of(message));
  }

 private:
  const millrace_host host_;
};

// No exception crosses: what `action` throws is told by the reply. True when nothing was thrown.
template <typename Action>
bool told(PluginLog& log, const millrace_reply* reply, Action action) noexcept {
  try {
    guarded(log, action);
    return true;
  } catch (const Error& error) {
    const std::string_view message = error.what();
    reply->fail(reply->context, text_of(error_code_name(error.code())), text_of(message));
  }
  return false;
}

CallContext context_of(const millrace_call& call) {
  CallContext context;
  context.request_id = view(call.request_id);
  if (call.timeout_nanoseconds > 0)
    context.deadline = CallContext::Clock::now() + std::chrono::nanoseconds(call.timeout_nanoseconds);
  return context;
}

struct Source {
  PluginLog& log;
  std::unique_ptr<ByteSource> bytes;
};
struct Sink {
  PluginLog& log;
  std::unique_ptr<ByteSink> bytes;
};

class Module {
 public:
  explicit Module(const millrace_host& host) : runtime_(std::make_shared<HostLog>(host)) {
    table_.size = sizeof table_;
    table_.abi_major = MILLRACE_ABI_MAJOR;
    table_.abi_minor = MILLRACE_ABI_MINOR;
    table_.abi_hash = MILLRACE_ABI_HASH;
    table_.context = this;
    table_.call = [](void* self, const millrace_call* call, millrace_text request,
                     const millrace_reply* reply) {
      static_cast<Module*>(self)->call(*call, request, reply);
    };
    table_.open_source = [](void* self, const millrace_call* call, millrace_text request, int64_t* size,
                            const millrace_reply* reply) {
      return static_cast<Module*>(self)->open_source(*call, request, size, reply);
    };
    table_.read_source = read_source;
    table_.close_source = [](void* source) { delete static_cast<Source*>(source); };
    table_.open_sink = [](void* self, const millrace_call* call, millrace_text first,
                          const millrace_reply* reply) {
      return static_cast<Module*>(self)->open_sink(*call, first, reply);
    };
    table_.write_sink = write_sink;
    table_.commit_sink = commit_sink;
    table_.close_sink = [](void* sink) { delete static_cast<Sink*>(sink); };
    table_.destroy = [](void* self) { delete static_cast<Module*>(self); };
  }

  const millrace_plugin* table() const { return &table_; }

 private:
  void call(const millrace_call& call, millrace_text request, const millrace_reply* reply) {
    std::string answer;
    const bool answered = told(runtime_.log(), reply, [&] {
      answer = view(call.service) == "millrace.v1.plugin.Control"
                   ? runtime_.control(view(call.method), view(request))
                   : runtime_.instance(call.instance, view(call.service))
                         ->call(context_of(call), view(call.method), view(request));
    });
    if (answered) reply->answer(reply->context, text_of(answer));
  }

  void* open_source(const millrace_call& call, millrace_text request, int64_t* file_size,
                    const millrace_reply* reply) {
    std::unique_ptr<ByteSource> bytes;
    const bool opened = told(runtime_.log(), reply, [&] {
      bytes = runtime_.instance(call.instance, view(call.service))
                  ->download(context_of(call), view(call.method), view(request));
      if (bytes == nullptr) throw Error(ErrorCode::kInternalError, "The plugin opened nothing.");
    });
    if (!opened) return nullptr;
    const auto remaining = bytes->remaining();
    *file_size = remaining ? static_cast<int64_t>(*remaining) : -1;
    return new Source{runtime_.log(), std::move(bytes)};
  }

  static int64_t read_source(void* source, char* buffer, uint64_t size, const millrace_reply* reply) {
    auto& open = *static_cast<Source*>(source);
    int64_t count = -1;
    told(open.log, reply, [&] { count = static_cast<int64_t>(open.bytes->read({buffer, size})); });
    return count;
  }

  void* open_sink(const millrace_call& call, millrace_text first, const millrace_reply* reply) {
    std::unique_ptr<ByteSink> bytes;
    const bool opened = told(runtime_.log(), reply, [&] {
      bytes = runtime_.instance(call.instance, view(call.service))
                  ->upload(context_of(call), view(call.method), view(first));
      if (bytes == nullptr) throw Error(ErrorCode::kInternalError, "The plugin opened nothing.");
    });
    return opened ? new Sink{runtime_.log(), std::move(bytes)} : nullptr;
  }

  static int32_t write_sink(void* sink, millrace_text bytes, const millrace_reply* reply) {
    auto& open = *static_cast<Sink*>(sink);
    return told(open.log, reply, [&] { open.bytes->write(view(bytes)); }) ? 0 : -1;
  }

  static int32_t commit_sink(void* sink, const millrace_reply* reply) {
    auto& open = *static_cast<Sink*>(sink);
    return told(open.log, reply, [&] { open.bytes->commit(); }) ? 0 : -1;
  }

  Runtime runtime_;
  millrace_plugin table_{};
};

}  // namespace
}  // namespace millrace::sdk

extern "C" __attribute__((visibility("default"))) const millrace_plugin* millrace_plugin_entry_v1(
    const millrace_host* host) {
  const auto tell = [host](std::string_view why) {
    millrace::sdk::HostLog(*host).error("The plugin does not start: " + std::string(why));
  };
  try {
    return (new millrace::sdk::Module(*host))->table();
  } catch (const std::exception& fault) {
    tell(fault.what());
  } catch (...) {
    tell("its registration threw something that is no std::exception.");
  }
  return nullptr;
}

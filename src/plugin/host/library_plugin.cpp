#include "plugin/host/library_plugin.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/error.h"
#include "millrace/plugin_abi.h"
#include "millrace/v1/plugin/control.pb.h"
#include "plugin/host/library_probe.h"

namespace millrace::plugin {
namespace {

std::string_view view(const millrace_text& text) {
  return {text.data, text.size};
}
millrace_text text_of(std::string_view text) {
  return {text.data(), text.size()};
}

// Of an answer, in bytes. The messages of the contract are far smaller; bytes of files come in streams.
constexpr uint64_t kLargestAnswer = uint64_t{64} << 20;

// A table of the first minor. Those of later ones are longer, and what they have more is not asked for.
constexpr uint64_t kSmallestTable = offsetof(millrace_plugin, destroy) + sizeof(millrace_plugin::destroy);

// Takes the outcome of a call and throws it here if it is a fault.
class Outcome {
 public:
  const millrace_reply* reply() const { return &reply_; }
  std::string take() {
    throw_fault();
    if (!answered_) throw Error(ErrorCode::kInternalError, "The plugin did not answer.");
    if (too_large_)
      throw Error(ErrorCode::kResourceExhausted, "The plugin's answer is larger than the " +
                                                     std::to_string(kLargestAnswer >> 20) +
                                                     " MiB that one may have.");
    return std::move(answer_);
  }
  void throw_fault() const {
    if (failed_) throw Error(parse_error_code(code_).value_or(ErrorCode::kInternalError), answer_);
  }

 private:
  // The plugin calls these: nothing may be thrown through it, so the end of memory ends the process.
  static void on_answer(void* context, millrace_text bytes) noexcept {
    auto& outcome = *static_cast<Outcome*>(context);
    outcome.answered_ = true;
    outcome.too_large_ = bytes.size > kLargestAnswer;
    if (!outcome.too_large_) outcome.answer_ = view(bytes);
  }
  static void on_fail(void* context, millrace_text code, millrace_text message) noexcept {
    auto& outcome = *static_cast<Outcome*>(context);
    outcome.code_ = view(code);
    outcome.answer_ = view(message);
    outcome.failed_ = true;
  }

  std::string answer_;
  std::string code_;
  bool answered_ = false;
  bool too_large_ = false;
  bool failed_ = false;
  const millrace_reply reply_{this, on_answer, on_fail};
};

millrace_call call_of(const CallContext& context, const Method& method, int64_t instance) {
  millrace_call call{};
  call.size = sizeof call;
  call.instance = instance;
  call.service = text_of(method.service);
  call.method = text_of(method.name);
  call.request_id = text_of(context.request_id);
  if (context.deadline != CallContext::Clock::time_point::max()) {
    const auto left = context.deadline - CallContext::Clock::now();
    call.timeout_nanoseconds =
        std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::nanoseconds>(left).count());
  }
  return call;
}

class LibrarySource : public ByteSource {
 public:
  LibrarySource(std::shared_ptr<LibraryPlugin> plugin, const millrace_plugin& table, void* source,
                int64_t size)
      : plugin_(std::move(plugin)), table_(table), source_(source), remaining_(size) {}
  ~LibrarySource() override { table_.close_source(source_); }

  size_t read(std::span<char> buffer) override {
    Outcome outcome;
    const int64_t count = table_.read_source(source_, buffer.data(), buffer.size(), outcome.reply());
    outcome.throw_fault();
    if (count < 0 || static_cast<uint64_t>(count) > buffer.size())
      throw Error(ErrorCode::kInternalError, "The plugin broke the rules of reading a stream.");
    if (remaining_ >= 0) remaining_ -= count;
    return static_cast<size_t>(count);
  }

  std::optional<uint64_t> remaining() const override {
    if (remaining_ < 0) return std::nullopt;
    return static_cast<uint64_t>(remaining_);
  }

 private:
  std::shared_ptr<LibraryPlugin> plugin_;
  const millrace_plugin& table_;
  void* source_;
  int64_t remaining_;
};

class LibrarySink : public ByteSink {
 public:
  LibrarySink(std::shared_ptr<LibraryPlugin> plugin, const millrace_plugin& table, void* sink)
      : plugin_(std::move(plugin)), table_(table), sink_(sink) {}
  ~LibrarySink() override { table_.close_sink(sink_); }

  void write(std::string_view chunk) override {
    Outcome outcome;
    if (table_.write_sink(sink_, text_of(chunk), outcome.reply()) != 0) fail(outcome);
  }
  void commit() override {
    Outcome outcome;
    if (table_.commit_sink(sink_, outcome.reply()) != 0) fail(outcome);
  }

 private:
  [[noreturn]] static void fail(const Outcome& outcome) {
    outcome.throw_fault();
    throw Error(ErrorCode::kInternalError, "The plugin failed without saying why.");
  }

  std::shared_ptr<LibraryPlugin> plugin_;
  const millrace_plugin& table_;
  void* sink_;
};

constexpr Method kClose{"millrace.v1.plugin.Control", "Close", "", 0, 0, 0};

std::string call_table(const millrace_plugin& table, const CallContext& context, const Method& method,
                       int64_t instance, std::string_view request) {
  Outcome outcome;
  const millrace_call call = call_of(context, method, instance);
  table.call(table.context, &call, text_of(request), outcome.reply());
  return outcome.take();
}

class LibraryChannel : public Channel {
 public:
  LibraryChannel(std::shared_ptr<LibraryPlugin> plugin, const millrace_plugin& table, std::string label,
                 const v1::plugin::OpenedInstance& opened)
      : plugin_(std::move(plugin)),
        table_(table),
        label_(std::move(label)),
        instance_(opened.instance()),
        capabilities_(opened.capabilities().begin(), opened.capabilities().end()) {}

  ~LibraryChannel() override {
    v1::plugin::CloseRequest request;
    request.set_instance(instance_);
    Outcome outcome;  // a fault of closing changes nothing for anybody
    const millrace_call call = call_of(CallContext(), kClose, 0);
    const std::string bytes = request.SerializeAsString();
    table_.call(table_.context, &call, text_of(bytes), outcome.reply());
  }

  const std::string& label() const override { return label_; }
  bool has_capability(std::string_view capability) const override {
    return std::find(capabilities_.begin(), capabilities_.end(), capability) != capabilities_.end();
  }

  std::string call(const CallContext& context, const Method& method, std::string_view request) override {
    return call_table(table_, context, method, instance_, request);
  }

  std::unique_ptr<ByteSource> download(const CallContext& context, const Method& method,
                                       std::string_view request) override {
    if (table_.open_source == nullptr || table_.read_source == nullptr || table_.close_source == nullptr)
      throw_no_streams("downloads");
    Outcome outcome;
    const millrace_call call = call_of(context, method, instance_);
    int64_t size = -1;
    void* source = table_.open_source(table_.context, &call, text_of(request), &size, outcome.reply());
    outcome.throw_fault();
    if (source == nullptr) throw Error(ErrorCode::kInternalError, "The " + label_ + " opened nothing.");
    return std::make_unique<LibrarySource>(plugin_, table_, source, size);
  }

  std::unique_ptr<ByteSink> upload(const CallContext& context, const Method& method,
                                   std::string_view first) override {
    if (table_.open_sink == nullptr || table_.write_sink == nullptr || table_.commit_sink == nullptr ||
        table_.close_sink == nullptr)
      throw_no_streams("uploads");
    Outcome outcome;
    const millrace_call call = call_of(context, method, instance_);
    void* sink = table_.open_sink(table_.context, &call, text_of(first), outcome.reply());
    outcome.throw_fault();
    if (sink == nullptr) throw Error(ErrorCode::kInternalError, "The " + label_ + " opened nothing.");
    return std::make_unique<LibrarySink>(plugin_, table_, sink);
  }

 private:
  [[noreturn]] void throw_no_streams(const std::string& which) const {
    throw Error(ErrorCode::kNotImplemented, "The " + label_ + " has no " + which + ".");
  }

  std::shared_ptr<LibraryPlugin> plugin_;
  const millrace_plugin& table_;
  const std::string label_;
  const int64_t instance_;
  const std::vector<std::string> capabilities_;
};

[[noreturn]] void refuse(const std::string& id, const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorCode::kInvalidState,
              "The plugin '" + id + "' cannot be loaded from " + file.string() + ": " + why);
}

[[noreturn]] void refuse_major(const std::string& id, const std::filesystem::path& file, uint32_t major) {
  refuse(id, file,
         "it was built for major " + std::to_string(major) +
             " of the plugin interface, this Millrace has major " + std::to_string(MILLRACE_ABI_MAJOR) +
             ". Get a build of it for this one.");
}

void check_table(const std::string& id, const std::filesystem::path& file, const millrace_plugin* table) {
  if (table == nullptr) refuse(id, file, "it refused to start; the log tells why.");
  if (table->size < kSmallestTable) {
    refuse(id, file,
           "its table of functions has " + std::to_string(table->size) + " bytes, the smallest is " +
               std::to_string(kSmallestTable) + ".");
  }
  if (table->abi_major != MILLRACE_ABI_MAJOR) refuse_major(id, file, table->abi_major);
  if (table->abi_hash == nullptr || std::string_view(table->abi_hash) != MILLRACE_ABI_HASH)
    refuse(id, file, "its layout of the plugin interface is not that of the major that it claims.");
  if (table->call == nullptr || table->destroy == nullptr)
    refuse(id, file, "its table lacks one of the functions that every plugin has: call and destroy.");
}

// The symbol ends with the major, so that a host sees by its absence that a library is of another one.
millrace_plugin_entry find_entry(void* library, const std::string& id, const std::filesystem::path& file) {
  if (void* entry = dlsym(library, MILLRACE_PLUGIN_ENTRY_SYMBOL))
    return reinterpret_cast<millrace_plugin_entry>(entry);
  constexpr uint32_t kFarthestMajor = 20;
  for (uint32_t major = 0; major <= kFarthestMajor; ++major) {
    const std::string symbol = "millrace_plugin_entry_v" + std::to_string(major);
    if (dlsym(library, symbol.c_str()) != nullptr) refuse_major(id, file, major);
  }
  refuse(id, file,
         std::string("it does not export ") + MILLRACE_PLUGIN_ENTRY_SYMBOL +
             "; build it with millrace_add_plugin() and register it with MILLRACE_PLUGIN.");
}

}  // namespace

// The host's side of the interface, at an address that stays.
struct LibraryPlugin::Table {
  Log& log;
  const std::string name;
  millrace_host host{};
  const millrace_plugin* functions = nullptr;

  Table(const std::string& plugin_id, Log& plugin_log) : log(plugin_log), name(plugin_id) {
    host.size = sizeof host;
    host.context = this;
    host.log = [](void* self, int32_t level, millrace_text message) {
      auto& table = *static_cast<Table*>(self);
      table.log.write(static_cast<LogLevel>(std::clamp<int32_t>(level, 0, 3)), view(message),
                      {{"plugin", table.name}});
    };
  }
};

LibraryPlugin::LibraryPlugin(std::string plugin_id, Log& log)
    : plugin_id_(std::move(plugin_id)), table_(std::make_unique<Table>(plugin_id_, log)) {}

LibraryPlugin::~LibraryPlugin() {
  if (table_->functions != nullptr) table_->functions->destroy(table_->functions->context);
}

std::shared_ptr<LibraryPlugin> LibraryPlugin::load(const std::string& plugin_id,
                                                   const std::filesystem::path& file, Log& log) {
  void* library = dlopen(file.c_str(), library_load_flags());
  if (library == nullptr) refuse(plugin_id, file, dlerror());
  const millrace_plugin_entry entry = find_entry(library, plugin_id, file);
  std::shared_ptr<LibraryPlugin> plugin(new LibraryPlugin(plugin_id, log));
  const millrace_plugin* functions = entry(&plugin->table_->host);
  check_table(plugin_id, file, functions);
  plugin->table_->functions = functions;
  return plugin;
}

std::string LibraryPlugin::control(std::string_view operation, std::string_view request) {
  const Method method{"millrace.v1.plugin.Control", operation, "", 0, 0, 0};
  return call_table(*table_->functions, CallContext(), method, 0, request);
}

std::shared_ptr<Channel> LibraryPlugin::open(const Opening& opening) {
  const millrace_plugin& functions = *table_->functions;
  v1::plugin::OpenedInstance opened;
  const std::string answer = control("Open", open_request(opening));
  if (!opened.ParseFromString(answer) || opened.instance() <= 0)
    throw Error(ErrorCode::kInternalError, "The " + label_of(plugin_id_, opening) + " opened nothing.");
  return std::make_shared<LibraryChannel>(shared_from_this(), functions, label_of(plugin_id_, opening),
                                          opened);
}

}  // namespace millrace::plugin

#include "plugin/host/child_channel.h"

#include <algorithm>

#include "base/error.h"
#include "millrace/v1/plugin/control.pb.h"
#include "plugin/host/child_streams.h"

namespace millrace::plugin {
namespace {

constexpr const char* kControl = "millrace.v1.plugin.Control";
// Opening may connect to what stands behind the plugin.
constexpr std::chrono::seconds kOpenTimeout{30};

std::string plain_text(int64_t number) {
  return std::to_string(number);
}

}  // namespace

ChildChannel::ChildChannel(std::shared_ptr<ChildPlugin> plugin, Opening opening)
    : plugin_(std::move(plugin)),
      opening_(std::move(opening)),
      label_(label_of(plugin_->manifest().id, opening_)) {}

ChildChannel::~ChildChannel() {
  const std::lock_guard lock(mutex_);
  if (instance_.session == nullptr || !instance_.session->usable()) return;
  try {
    v1::plugin::CloseRequest request;
    request.set_instance(std::stoll(instance_.id));
    ttrpc::CallOptions options;
    options.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    instance_.session->client().call(kControl, "Close", request.SerializeAsString(), options);
  } catch (const std::exception&) {
    // A plugin that does not answer any more has no instance to close either.
  }
}

bool ChildChannel::has_capability(std::string_view capability) const {
  const std::lock_guard lock(mutex_);
  return std::find(capabilities_.begin(), capabilities_.end(), capability) != capabilities_.end();
}

ChildChannel::Instance ChildChannel::current() {
  const std::shared_ptr<ChildSession> session = plugin_->session();
  const std::lock_guard lock(mutex_);
  if (instance_.session == session) return instance_;
  ttrpc::CallOptions options;
  options.deadline = std::chrono::steady_clock::now() + kOpenTimeout;
  v1::plugin::OpenedInstance opened;
  const std::string answer = session->client().call(kControl, "Open", open_request(opening_), options);
  if (!opened.ParseFromString(answer) || opened.instance() <= 0)
    throw Error(ErrorCode::kInternalError, "The " + label_ + " opened nothing.");
  session->note_served();
  capabilities_.assign(opened.capabilities().begin(), opened.capabilities().end());
  instance_ = {session, plain_text(opened.instance())};
  return instance_;
}

ttrpc::CallOptions ChildChannel::stream_options_for(const CallContext& context,
                                                    const std::string& instance) const {
  ttrpc::CallOptions options;
  options.metadata = {{"millrace-instance", instance}};
  if (!context.request_id.empty()) options.metadata.emplace_back("millrace-request-id", context.request_id);
  if (context.deadline != CallContext::Clock::time_point::max()) options.deadline = context.deadline;
  return options;
}

ttrpc::CallOptions ChildChannel::options_for(const CallContext& context, const std::string& instance) const {
  ttrpc::CallOptions options = stream_options_for(context, instance);
  const auto latest = std::chrono::steady_clock::now() + plugin_->manifest().run.call_timeout;
  options.deadline = options.deadline ? std::min(*options.deadline, latest) : latest;
  return options;
}

std::string ChildChannel::call(const CallContext& context, const Method& method, std::string_view request) {
  const Instance instance = current();
  return instance.session->client().call(method.service, method.name, request,
                                         options_for(context, instance.id));
}

std::unique_ptr<ByteSource> ChildChannel::download(const CallContext& context, const Method& method,
                                                   std::string_view request) {
  const Instance instance = current();
  return open_child_source(*instance.session, method, request, stream_options_for(context, instance.id));
}

std::unique_ptr<ByteSink> ChildChannel::upload(const CallContext& context, const Method& method,
                                               std::string_view first) {
  const Instance instance = current();
  return open_child_sink(*instance.session, method, first, stream_options_for(context, instance.id));
}

}  // namespace millrace::plugin

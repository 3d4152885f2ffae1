#include "runtime.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace millrace::sdk {
namespace {

constexpr const char* kProtocol = "1.0";

template <typename Message>
Message parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw_invalid_parameter("The message of the call is malformed.");
  return message;
}

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total = 0;
  int64_t resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

Runtime::Runtime(std::shared_ptr<PluginLog> log) : log_(std::move(log)) {
  millrace_register_plugin(plugin_);
}

std::string Runtime::control(std::string_view method, std::string_view request) {
  if (method == "Describe") return describe().SerializeAsString();
  if (method == "Open") return open(parse<v1::plugin::OpenRequest>(request)).SerializeAsString();
  if (method == "Close") return close(parse<v1::plugin::CloseRequest>(request)).SerializeAsString();
  if (method == "Check") return check(parse<v1::plugin::CheckRequest>(request)).SerializeAsString();
  if (method == "Health") return health().SerializeAsString();
  throw Error(ErrorCode::kNotImplemented,
              "The plugin was built without the operation Control/" + std::string(method) + ".");
}

std::shared_ptr<Dispatcher> Runtime::instance(int64_t id, std::string_view service) const {
  const std::shared_lock lock(mutex_);
  const auto found = instances_.find(id);
  if (found == instances_.end())
    throw_not_found("The plugin has no open instance " + std::to_string(id) + ".");
  if (found->second.dispatcher->table().service() != service) {
    throw_invalid_parameter("Instance " + std::to_string(id) + " of the plugin is no " +
                            std::string(service) + ".");
  }
  return found->second.dispatcher;
}

std::vector<const MethodTable*> Runtime::tables() const {
  std::vector<const MethodTable*> tables;
  for (const Plugin::Provision& provision : plugin_.provisions()) tables.push_back(provision.table);
  return tables;
}

v1::plugin::PluginDescription Runtime::describe() const {
  v1::plugin::PluginDescription description;
  description.set_protocol(kProtocol);
  for (const Plugin::Provision& provision : plugin_.provisions()) {
    v1::plugin::ProvidedKind& provided = *description.add_provides();
    provided.set_kind(provision.kind);
    provided.set_name(provision.name);
    for (const std::string& capability : provision.capabilities) provided.add_capabilities(capability);
  }
  return description;
}

v1::plugin::OpenedInstance Runtime::open(const v1::plugin::OpenRequest& request) {
  const auto& provisions = plugin_.provisions();
  const auto found = std::find_if(provisions.begin(), provisions.end(), [&](const auto& provision) {
    return provision.kind == request.kind() && provision.name == request.name();
  });
  if (found == provisions.end()) {
    throw_invalid_parameter("The plugin does not provide " + request.kind() + " '" + request.name() + "'.");
  }
  Plugin::Made made = found->make(PluginOptions(
      request.name(), request.uri(), {request.settings().begin(), request.settings().end()}, log_));
  v1::plugin::OpenedInstance opened;
  for (const std::string& capability : found->capabilities) opened.add_capabilities(capability);
  const std::unique_lock lock(mutex_);
  opened.set_instance(++last_instance_);
  instances_.emplace(last_instance_, std::move(made));
  return opened;
}

// Calls under way hold the implementation until they are done.
v1::plugin::InstanceClosed Runtime::close(const v1::plugin::CloseRequest& request) {
  Plugin::Made closed;
  const std::unique_lock lock(mutex_);
  const auto found = instances_.find(request.instance());
  if (found == instances_.end()) return {};
  closed = std::move(found->second);
  instances_.erase(found);
  return {};
}

v1::plugin::CheckReport Runtime::check(const v1::plugin::CheckRequest& request) const {
  std::shared_ptr<SelfCheck> self_check;
  {
    const std::shared_lock lock(mutex_);
    const auto found = instances_.find(request.instance());
    if (found == instances_.end())
      throw_not_found("The plugin has no open instance " + std::to_string(request.instance()) + ".");
    self_check = found->second.self_check;
  }
  return self_check == nullptr ? v1::plugin::CheckReport() : self_check->check();
}

v1::plugin::HealthReport Runtime::health() const {
  v1::plugin::HealthReport report;
  report.set_resident_bytes(resident_bytes());
  const std::shared_lock lock(mutex_);
  report.set_open_instances(static_cast<int64_t>(instances_.size()));
  return report;
}

}  // namespace millrace::sdk

#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "millrace/registration.h"

namespace millrace::sdk {

/// A plugin at work: its instances, and the service Control, behind either transport. Any thread.
class Runtime {
 public:
  /// Runs the author's registration.
  explicit Runtime(std::shared_ptr<PluginLog> log);

  /// Answers an operation of millrace.v1.plugin.Control. Throws NOT_IMPLEMENTED for one that is unknown.
  std::string control(std::string_view method, std::string_view request);

  /// Throws RESOURCE_DOES_NOT_EXIST for an instance that is not open and INVALID_PARAMETER_VALUE when it is
  /// of another kind than `service`.
  std::shared_ptr<Dispatcher> instance(int64_t id, std::string_view service) const;

  /// The operations of each kind that is provided, some perhaps twice.
  std::vector<const MethodTable*> tables() const;

  PluginLog& log() const { return *log_; }

 private:
  v1::plugin::PluginDescription describe() const;
  v1::plugin::OpenedInstance open(const v1::plugin::OpenRequest& request);
  v1::plugin::InstanceClosed close(const v1::plugin::CloseRequest& request);
  v1::plugin::CheckReport check(const v1::plugin::CheckRequest& request) const;
  v1::plugin::HealthReport health() const;

  std::shared_ptr<PluginLog> log_;
  Plugin plugin_;
  mutable std::shared_mutex mutex_;
  std::map<int64_t, Plugin::Made> instances_;
  int64_t last_instance_ = 0;
};

/// Runs `call` and lets only Errors out: what is none is logged and becomes INTERNAL_ERROR without its text.
template <typename Call>
auto guarded(PluginLog& log, Call call) {
  try {
    return call();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kResourceExhausted, "The plugin is out of memory.");
  } catch (const std::exception& fault) {
    log.error(std::string("unexpected fault: ") + fault.what());
  } catch (...) {
    log.error("unexpected fault of unknown type");
  }
  throw Error(ErrorCode::kInternalError, "The plugin met an unexpected fault; the log tells more.");
}

}  // namespace millrace::sdk

#pragma once

#include <functional>
#include <memory>

#include "conformance/hosted/hosted_target.h"
#include "conformance/runner.h"
#include "plugin/channel.h"
#include "plugin/kind.h"

namespace millrace::conformance {

/// The kit of a kind, for plugins of which only the way to open them is known.
struct HostedKit {
  plugin::Kind kind;
  std::function<Report(const std::shared_ptr<const HostedTarget>&, const KitOptions&)> run;
  /// Makes an instance write something; null for kinds that keep no data.
  std::function<void(const std::shared_ptr<plugin::Channel>&)> leave_trace;
};

/// Null when there is no kit for the kind.
const HostedKit* find_hosted_kit(plugin::Kind kind);

}  // namespace millrace::conformance

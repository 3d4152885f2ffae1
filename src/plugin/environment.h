#pragma once

#include <functional>
#include <optional>
#include <string>

namespace millrace::plugin {

/// Looks an environment variable up; empty when it is not set. Handed in, so that tests choose the
/// environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// That of this process. Not to be called while another thread changes the environment.
Environment process_environment();

}  // namespace millrace::plugin

#include "plugin/environment.h"

#include <cstdlib>

namespace millrace::plugin {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

}  // namespace millrace::plugin

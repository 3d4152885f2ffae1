#pragma once

#include <string>
#include <string_view>

namespace millrace::registry {

/// The tag of a logged model that lists the versions it became, as JSON: [{"name": "m", "version": 1}].
inline constexpr const char* kVersionLinks = "mlflow.modelVersions";

/// The list with one version more, unless it is there. What is no such list is replaced.
std::string with_version_link(const std::string& links, std::string_view name, std::string_view version);

}  // namespace millrace::registry

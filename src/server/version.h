#pragma once

namespace millrace::server {

/// The release of MLflow whose REST API is served; clients compare it with their own.
inline constexpr const char* kMlflowVersion = "3.17.2";

/// Our own version.
inline constexpr const char* kMillraceVersion = MILLRACE_VERSION;

}  // namespace millrace::server

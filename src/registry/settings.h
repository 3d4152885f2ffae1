#pragma once

#include <string>
#include <vector>

namespace millrace::registry {

/// What the operator decides about sources of model versions.
struct RegistrySettings {
  /// URIs whose hosts the server connects to anyhow: the artifact root and destination.
  std::vector<std::string> trusted_uris;
  /// Schemes of URIs that may name any host, e.g. "sftp".
  std::vector<std::string> allowed_host_schemes;
};

}  // namespace millrace::registry

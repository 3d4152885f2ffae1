#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::registry {

/// True for a plain path and for file: URIs of this machine. Throws INVALID_PARAMETER_VALUE for a file: URI
/// of another.
bool is_local_source(const std::string& uri);

/// True when one local path lies within another one, or is it; symbolic links are followed.
bool is_local_path_within(const std::string& source, const std::string& root);

/// Throws INVALID_PARAMETER_VALUE when the path of a URI could lead elsewhere than it says: it is not
/// absolute, or has
/// "..", "." or a zero byte in it, in percent encoding of any depth too.
void check_absolute_path(const std::string& source);

/// True for URIs of the artifact proxy: mlflow-artifacts:, or HTTP with the proxy's route in the path.
bool is_proxied_source(const std::string& source);

/// True when a URI has the scheme, the authority and the first path components of another.
bool is_uri_within(const std::string& source, const std::string& root);

/// The scheme of a URI that makes the server connect to the host which the URI names, unless `trusted` names
/// the same host: a client must not choose whom the server talks to.
std::optional<std::string> foreign_host_scheme(const std::string& uri,
                                               const std::vector<std::string>& trusted);

}  // namespace millrace::registry

#pragma once

#include <string>

namespace millrace::tracking {

/// A relative local path or "file:" URI made absolute, against the working directory, so that it means the
/// same to a server started elsewhere; other URIs and the empty text are returned as they are.
std::string absolute_if_local(const std::string& location);

}  // namespace millrace::tracking

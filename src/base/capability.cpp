#include "base/capability.h"

#include "base/error.h"

namespace millrace {

void throw_missing_capability(const std::string& kind, const std::string& capability) {
  throw Error(ErrorCode::kNotImplemented, "This " + kind + " does not have the capability '" + capability +
                                              "', which the request needs.");
}

}  // namespace millrace

#include "plugin/ttrpc/service.h"

#include <strings.h>

#include "base/error.h"

namespace millrace::ttrpc {
namespace {

bool same_key(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

std::optional<std::string_view> ServerCall::metadata(std::string_view key) const {
  for (const auto& [name, value] : metadata())
    if (same_key(name, key)) return value;
  return std::nullopt;
}

void Service::stream(const ServerCall& /*call*/, std::string_view method, ServerStream& /*stream*/) {
  throw_unknown_method(method);
}

void throw_unknown_method(std::string_view method) {
  throw Error(ErrorCode::kNotImplemented, std::string("method ").append(method));
}

}  // namespace millrace::ttrpc

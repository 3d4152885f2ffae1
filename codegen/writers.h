#pragma once

#include <string>
#include <vector>

#include "operations.h"

namespace millrace::codegen {

/// services.gen.h: one abstract class a service.
std::string write_interfaces(const std::vector<const google::protobuf::FileDescriptor*>& files,
                             const std::vector<Service>& services);

/// routes.gen.cpp: the table behind wire/operation.h.
std::string write_routes(const std::vector<Service>& services);

/// The OpenAPI 3.1 document of all operations that clients reach over HTTP.
std::string openapi_document(const std::vector<Service>& services);

/// openapi.gen.cpp: that document, behind wire/openapi.h.
std::string write_openapi(const std::vector<Service>& services);

}  // namespace millrace::codegen

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

/// json.gen.cpp: how each message is written as JSON, behind wire/json_messages.h. Throws std::runtime_error
/// naming the field whose type the dialect does not have.
std::string write_json_writers(const std::vector<const google::protobuf::FileDescriptor*>& files);

/// openapi.gen.cpp: the OpenAPI 3.1 document behind wire/openapi.h.
std::string write_openapi(const std::vector<Service>& services);

}  // namespace millrace::codegen

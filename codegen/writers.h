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

/// proxies.gen.h: for each plugin kind a class that sends its operations through a channel. These three throw
/// std::runtime_error naming the operation whose stream lacks the fields that carry bytes.
std::string write_proxies(const std::vector<Service>& services);

/// dispatchers.gen.h and .cpp: for each plugin kind what hands the bytes of calls to an implementation.
std::string write_dispatcher_header(const std::vector<Service>& services);
std::string write_dispatchers(const std::vector<Service>& services);

/// The OpenAPI 3.1 document of all operations that clients reach over HTTP.
std::string openapi_document(const std::vector<Service>& services);

/// openapi.gen.cpp: that document, behind wire/openapi.h.
std::string write_openapi(const std::vector<Service>& services);

}  // namespace millrace::codegen

#pragma once

#include <string>
#include <vector>

#include "operations.h"

namespace millrace::codegen {

/// FILE.gen.h beside each file of the contract that has services: one abstract class a service. Who
/// implements or calls one service does not pay for compiling the messages of all.
std::string write_interfaces(const google::protobuf::FileDescriptor& file,
                             const std::vector<Service>& services);

/// service_table.gen.h: pointers to the services that clients reach.
std::string write_service_table(const std::vector<Service>& services);

/// services.gen.h: includes all of them.
std::string write_all_interfaces(const std::vector<const google::protobuf::FileDescriptor*>& files);

/// routes.gen.cpp: the table behind wire/operation.h.
std::string write_routes(const std::vector<Service>& services);

/// json.gen.cpp: how each message is written as JSON, behind wire/json_messages.h. Throws std::runtime_error
/// naming the field whose type the dialect does not have.
std::string write_json_writers(const std::vector<const google::protobuf::FileDescriptor*>& files);

/// A plugin kind: a service of the plugins' package, save Control, which is every plugin's and called by
/// hand.
bool is_kind(const Service& service);

/// plugin/KIND.proxy.gen.h: a class that sends the operations of a kind through a channel. These three throw
/// std::runtime_error naming the operation whose stream lacks the fields that carry bytes.
std::string write_proxy(const Service& service);

/// dispatchers.gen.h and .cpp: for each plugin kind what hands the bytes of calls to an implementation.
std::string write_dispatcher_header(const std::vector<Service>& services);
std::string write_dispatchers(const std::vector<Service>& services);

/// The OpenAPI 3.1 document of all operations that clients reach over HTTP.
std::string openapi_document(const std::vector<Service>& services);

/// openapi.gen.cpp: that document, behind wire/openapi.h.
std::string write_openapi(const std::vector<Service>& services);

}  // namespace millrace::codegen

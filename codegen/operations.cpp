#include "operations.h"

#include <algorithm>
#include <stdexcept>

namespace millrace::codegen {
namespace {

[[noreturn]] void fail(const google::protobuf::MethodDescriptor& method, const std::string& what) {
  throw std::runtime_error(method.full_name() + ": " + what);
}

Shape shape_of(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming() && method.server_streaming())
    fail(method, "streams in both directions are not supported");
  if (method.client_streaming()) return Shape::kUpload;
  return method.server_streaming() ? Shape::kDownload : Shape::kUnary;
}

void check_route(const google::protobuf::MethodDescriptor& method, const std::string& route) {
  const size_t blank = route.find(' ');
  if (blank == std::string::npos || blank == 0 || blank + 1 == route.size()) {
    fail(method, "the route '" + route + "' is not a method, a blank and a path");
  }
}

void check_access(const Operation& operation) {
  const auto& method = *operation.method;
  const auto& rule = operation.access;
  if (rule.action() == v1::ACTION_UNSPECIFIED || rule.resource() == v1::RESOURCE_KIND_UNSPECIFIED) {
    fail(method, "an operation with an http binding needs an access rule");
  }
  const ResourceField field = resource_field(operation);
  if (!field.name.empty() && method.input_type()->FindFieldByName(field.name) == nullptr) {
    fail(method, "the access rule names the unknown request field '" + field.name + "'");
  }
}

Operation read_operation(const google::protobuf::MethodDescriptor& method) {
  Operation operation{&method, shape_of(method), {}, {}, {}, false, {}};
  const auto& options = method.options();
  for (int i = 0; i < options.ExtensionSize(v1::http); ++i) {
    operation.bindings.push_back(options.GetExtension(v1::http, i));
    check_route(method, operation.bindings.back().route());
  }
  operation.access = options.GetExtension(v1::access);
  operation.capability = options.GetExtension(v1::capability);
  operation.deferrable = options.GetExtension(v1::deferrable);
  operation.content_type = options.GetExtension(v1::content_type);
  if (!operation.content_type.empty() && operation.shape != Shape::kDownload)
    fail(method, "only an answer of bytes has a content type of its own");
  if (operation.deferrable && operation.shape != Shape::kUnary) fail(method, "a stream cannot be deferrable");
  if (!operation.bindings.empty()) check_access(operation);
  return operation;
}

}  // namespace

ResourceField resource_field(const Operation& operation) {
  const std::string& text = operation.access.field();
  const size_t equals = text.find('=');
  ResourceField field;
  field.name = text.substr(0, equals);
  if (equals != std::string::npos) field.default_id = text.substr(equals + 1);
  const bool old_too = operation.method->input_type()->FindFieldByName("run_uuid") != nullptr;
  if (field.name == "run_id" && old_too) field.old_name = "run_uuid";
  field.by_name = field.name == "experiment_name";
  return field;
}

bool Service::has_routes() const {
  return std::any_of(operations.begin(), operations.end(),
                     [](const Operation& o) { return !o.bindings.empty(); });
}

std::vector<Service> read_services(const std::vector<const google::protobuf::FileDescriptor*>& files) {
  std::vector<Service> services;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      Service service{file->service(s), {}};
      for (int m = 0; m < service.descriptor->method_count(); ++m) {
        service.operations.push_back(read_operation(*service.descriptor->method(m)));
      }
      services.push_back(std::move(service));
    }
  }
  return services;
}

}  // namespace millrace::codegen

#include <sstream>
#include <stdexcept>

#include "names.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

using google::protobuf::FieldDescriptor;

// The number of a field that a stream's message must have, since its bytes travel there.
int field_number(const google::protobuf::MethodDescriptor& method,
                 const google::protobuf::Descriptor& message, const std::string& name,
                 FieldDescriptor::Type type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  if (field != nullptr && field->type() == type) return field->number();
  throw std::runtime_error(method.full_name() + ": messages of this stream need a field '" + name + "'");
}

int optional_field_number(const google::protobuf::Descriptor& message, const std::string& name) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field == nullptr ? 0 : field->number();
}

std::string method_constant(const Service& service, const Operation& operation) {
  const auto& method = *operation.method;
  int data = 0;
  int size = 0;
  int commit = 0;
  if (operation.shape == Shape::kDownload) {
    data = field_number(method, *method.output_type(), "data", FieldDescriptor::TYPE_BYTES);
    size = optional_field_number(*method.output_type(), "file_size");
  } else if (operation.shape == Shape::kUpload) {
    data = field_number(method, *method.input_type(), "data", FieldDescriptor::TYPE_BYTES);
    commit = field_number(method, *method.input_type(), "commit", FieldDescriptor::TYPE_BOOL);
  }
  return "{\"" + service.descriptor->full_name() + "\", \"" + method.name() + "\", \"" +
         escaped(operation.capability) + "\", " + std::to_string(data) + ", " + std::to_string(size) + ", " +
         std::to_string(commit) + "}";
}

std::string result_of(const Operation& operation) {
  if (operation.shape == Shape::kDownload) return "std::unique_ptr<::millrace::ByteSource>";
  if (operation.shape == Shape::kUpload) return "std::unique_ptr<::millrace::ByteSink>";
  return cpp_type(*operation.method->output_type());
}

void write_proxy_operation(std::ostream& out, const Service& service, const Operation& operation) {
  out << "  " << result_of(operation) << " " << snake_case(operation.method->name())
      << "(const ::millrace::CallContext& context, const " << cpp_type(*operation.method->input_type())
      << "& request) override {\n    static constexpr Method kMethod" << method_constant(service, operation)
      << ";\n    return ";
  if (operation.shape == Shape::kDownload) {
    out << "open_download(*channel_, context, kMethod, request);\n";
  } else if (operation.shape == Shape::kUpload) {
    out << "open_upload(*channel_, context, kMethod, request);\n";
  } else {
    out << "call_unary<" << cpp_type(*operation.method->output_type())
        << ">(*channel_, context, kMethod, request);\n";
  }
  out << "  }\n";
}

void write_proxy_class(std::ostream& out, const Service& service) {
  const std::string& name = service.descriptor->name();
  out << "/// A " << name << " behind a channel. Any thread.\nclass " << name
      << "Proxy : public ::millrace::" << name << " {\n public:\n  explicit " << name
      << "Proxy(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}\n\n";
  for (const Operation& operation : service.operations) write_proxy_operation(out, service, operation);
  out << "\n private:\n  std::shared_ptr<Channel> channel_;\n};\n\n";
}

void write_dispatcher_declaration(std::ostream& out, const Service& service) {
  const std::string& name = service.descriptor->name();
  out << "/// The operations of " << name
      << ".\ntemplate <>\nconst MethodTable& method_table<::millrace::" << name
      << ">();\ntemplate <>\ninline constexpr std::string_view kKindName<::millrace::" << name << "> = \""
      << snake_case(name) << "\";\n\n";
}

void write_row(std::ostream& out, const Service& service, const Operation& operation) {
  const std::string name = service.descriptor->name();
  const std::string request = cpp_type(*operation.method->input_type());
  const std::string member = snake_case(operation.method->name());
  out << "      {" << method_constant(service, operation) << ",\n       ";
  const std::string implementation = "static_cast<::millrace::" + name + "*>(target)->" + member;
  if (operation.shape == Shape::kUnary) {
    out << "[](void* target, const CallContext& context, std::string_view bytes) {\n         return "
        << implementation << "(context, parse<" << request
        << ">(bytes)).SerializeAsString();\n       },\n       nullptr, nullptr},\n";
  } else if (operation.shape == Shape::kDownload) {
    out << "nullptr,\n       [](void* target, const CallContext& context, std::string_view bytes) {\n        "
           " "
        << "return " << implementation << "(context, parse<" << request << ">(bytes));\n       },\n       "
        << "nullptr},\n";
  } else {
    out << "nullptr, nullptr,\n       [](void* target, const CallContext& context, std::string_view bytes) "
        << "{\n         return " << implementation << "(context, parse<" << request << ">(bytes));\n       "
        << "}},\n";
  }
}

void write_dispatcher(std::ostream& out, const Service& service) {
  out << "template <>\nconst MethodTable& method_table<::millrace::" << service.descriptor->name()
      << ">() {\n  static const MethodTable table(\"" << service.descriptor->full_name() << "\", {\n";
  for (const Operation& operation : service.operations) write_row(out, service, operation);
  out << "  });\n  return table;\n}\n\n";
}

}  // namespace

bool is_kind(const Service& service) {
  return service.descriptor->file()->package() == "millrace.v1.plugin" &&
         service.descriptor->name() != "Control";
}

std::string write_proxy(const Service& service) {
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#pragma once\n\n#include <memory>\n#include "
         "<utility>\n\n#include \""
      << header_of(*service.descriptor->file(), ".gen.h")
      << "\"\n#include \"plugin/proxy_call.h\"\n\nnamespace millrace::plugin {\n\n";
  write_proxy_class(out, service);
  out << "}  // namespace millrace::plugin\n";
  return out.str();
}

std::string write_dispatcher_header(const std::vector<Service>& services) {
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#pragma once\n\n#include <memory>\n#include "
         "<string_view>\n\n"
         "#include \"millrace/dispatcher.h\"\n\nnamespace millrace {\n\n";
  for (const Service& service : services) {
    if (is_kind(service)) out << "class " << service.descriptor->name() << ";\n";
  }
  out << "\n}  // namespace millrace\n\nnamespace millrace::sdk {\n\n/// The name of a kind in "
         "manifests.\ntemplate <typename Interface>\n"
         "inline constexpr std::string_view kKindName = \"\";\n\n/// How bytes are handed to an "
         "implementation "
         "of a kind.\ntemplate <typename Interface>\nconst MethodTable& method_table();\n\n";
  for (const Service& service : services) {
    if (is_kind(service)) write_dispatcher_declaration(out, service);
  }
  out << "}  // namespace millrace::sdk\n";
  return out.str();
}

std::string write_dispatchers(const std::vector<Service>& services) {
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#include "
         "\"millrace/v1/dispatchers.gen.h\"\n\n#include <string>\n#include <string_view>\n\n#include "
         "\"millrace/v1/services.gen.h\"\n\n"
         "namespace millrace::sdk {\nnamespace {\n\ntemplate <typename Message>\nMessage "
         "parse(std::string_view bytes) {\n  Message message;\n  if (!message.ParseFromArray(bytes.data(), "
         "static_cast<int>(bytes.size())))\n    throw_invalid_parameter(\"The message of the call is "
         "malformed.\");\n  return message;\n}\n\n}  // namespace\n\n";
  for (const Service& service : services) {
    if (is_kind(service)) write_dispatcher(out, service);
  }
  out << "}  // namespace millrace::sdk\n";
  return out.str();
}

}  // namespace millrace::codegen

#include <sstream>

#include "names.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

std::string return_type(const Operation& operation) {
  switch (operation.shape) {
    case Shape::kDownload:
      return "std::unique_ptr<::millrace::ByteSource>";
    case Shape::kUpload:
      return "std::unique_ptr<::millrace::ByteSink>";
    case Shape::kUnary:
      break;
  }
  return cpp_type(*operation.method->output_type());
}

// A plugin that lacks a capability need not mention its operations: they answer NOT_IMPLEMENTED.
std::string body_of(const Operation& operation) {
  if (operation.capability.empty()) return " = 0;\n";
  return " {\n    ::millrace::throw_missing_capability(\"" + escaped(operation.method->service()->name()) +
         "\", \"" + escaped(operation.capability) + "\");\n  }\n";
}

void write_operation(std::ostream& out, const Operation& operation) {
  const bool named = operation.capability.empty();
  out << doc_comment(*operation.method, "  ");
  out << "  virtual " << return_type(operation) << " " << snake_case(operation.method->name())
      << "(const ::millrace::CallContext&" << (named ? " context" : "") << ", const "
      << cpp_type(*operation.method->input_type()) << "&" << (named ? " request" : "") << ")"
      << body_of(operation);
}

// An implementation without it need not mention it: its callers fall back to the plain operation.
void write_start(std::ostream& out, const Operation& operation) {
  const std::string name = snake_case(operation.method->name());
  out << "  /// " << name
      << "() without a thread that waits: `reply` gets the outcome. The message and the context must live "
         "until\n"
         "  /// then. False, and `reply` is never called, when only the plain operation is there. Throws "
         "what\n"
         "  /// is wrong before anything was begun; `reply` is not called then either.\n"
         "  virtual bool start_"
      << name << "(const ::millrace::CallContext&, const " << cpp_type(*operation.method->input_type())
      << "&,\n      ::millrace::Reply<" << cpp_type(*operation.method->output_type())
      << ">) {\n    return false;\n  }\n";
}

void write_service(std::ostream& out, const Service& service) {
  out << doc_comment(*service.descriptor, "");
  out << "class " << service.descriptor->name() << " {\n public:\n  virtual ~" << service.descriptor->name()
      << "() = default;\n\n";
  for (const Operation& operation : service.operations) {
    write_operation(out, operation);
    if (operation.deferrable) write_start(out, operation);
  }
  out << "};\n\n";
}

void write_services_struct(std::ostream& out, const std::vector<Service>& services) {
  out << "/// The implementations that the route table calls. All must be set before the first call.\n"
         "struct Services {\n";
  for (const Service& service : services) {
    if (service.has_routes()) {
      out << "  " << service.descriptor->name() << "* " << snake_case(service.descriptor->name())
          << " = nullptr;\n";
    }
  }
  out << "};\n\n";
}

constexpr const char* kHead = "// Generated from the contract in api/; do not edit.\n#pragma once\n\n";

}  // namespace

std::string write_interfaces(const google::protobuf::FileDescriptor& file,
                             const std::vector<Service>& services) {
  std::ostringstream out;
  out << kHead
      << "#include <memory>\n\n#include \"base/byte_stream.h\"\n#include \"base/call_context.h\"\n#include "
         "\"base/capability.h\"\n#include \"base/reply.h\"\n#include \""
      << header_of(file, ".pb.h") << "\"\n\nnamespace millrace {\n\n";
  for (const Service& service : services) {
    if (service.descriptor->file() == &file) write_service(out, service);
  }
  out << "}  // namespace millrace\n";
  return out.str();
}

std::string write_service_table(const std::vector<Service>& services) {
  std::ostringstream out;
  out << kHead << "namespace millrace {\n\n";
  for (const Service& service : services) {
    if (service.has_routes()) out << "class " << service.descriptor->name() << ";\n";
  }
  out << "\n";
  write_services_struct(out, services);
  out << "}  // namespace millrace\n";
  return out.str();
}

std::string write_all_interfaces(const std::vector<const google::protobuf::FileDescriptor*>& files) {
  std::ostringstream out;
  out << kHead << "#include \"millrace/v1/service_table.gen.h\"\n";
  for (const auto* file : files) {
    if (file->service_count() > 0) out << "#include \"" << header_of(*file, ".gen.h") << "\"\n";
  }
  return out.str();
}

}  // namespace millrace::codegen

#include <sstream>

#include "names.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

std::string call_of(const Service& service, const Operation& operation) {
  return "services." + snake_case(service.descriptor->name()) + "->" + snake_case(operation.method->name()) +
         "(context, static_cast<const " + cpp_type(*operation.method->input_type()) + "&>(request))";
}

void write_start(std::ostream& out, const Service& service, const Operation& operation) {
  if (!operation.deferrable) {
    out << "nullptr, ";
    return;
  }
  const std::string type = cpp_type(*operation.method->output_type());
  out << "[](const Services& services, const CallContext& context, const google::protobuf::Message& "
         "request,\n"
         "        Reply<std::unique_ptr<google::protobuf::Message>> reply) {\n       return services."
      << snake_case(service.descriptor->name()) << "->start_" << snake_case(operation.method->name())
      << "(\n           context, static_cast<const " << cpp_type(*operation.method->input_type())
      << "&>(request), [reply = std::move(reply)](Outcome<" << type
      << "> outcome) {\n             reply(outcome_of([&]() -> std::unique_ptr<google::protobuf::Message> {\n"
         "               return std::make_unique<"
      << type << ">(outcome.take());\n             }));\n           });\n     },\n     ";
}

void write_call(std::ostream& out, const Service& service, const Operation& operation) {
  const std::string parameters =
      "[](const Services& services, const CallContext& context, const google::protobuf::Message& request)";
  const std::string call = call_of(service, operation);
  if (operation.shape == Shape::kDownload) {
    out << "     nullptr, nullptr,\n     " << parameters << " { return " << call << "; },\n     nullptr},\n";
  } else if (operation.shape == Shape::kUpload) {
    out << "     nullptr, nullptr, nullptr,\n     " << parameters << " { return " << call << "; }},\n";
  } else {
    out << "     " << parameters
        << " -> std::unique_ptr<google::protobuf::Message> {\n       return std::make_unique<"
        << cpp_type(*operation.method->output_type()) << ">(" << call << ");\n     },\n     ";
    write_start(out, service, operation);
    out << "nullptr, nullptr},\n";
  }
}

void write_row(std::ostream& out, const Service& service, const Operation& operation) {
  out << "    {\"" << operation.method->name() << "\", {";
  for (const auto& binding : operation.bindings) {
    const std::string& route = binding.route();
    const size_t blank = route.find(' ');
    out << "{\"" << route.substr(0, blank) << "\", \"" << escaped(route.substr(blank + 1)) << "\", "
        << (binding.ajax_only() ? "true" : "false") << "}, ";
  }
  const ResourceField field = resource_field(operation);
  out << "},\n     {v1::" << v1::Action_Name(operation.access.action())
      << ", v1::" << v1::ResourceKind_Name(operation.access.resource()) << ", \"" << escaped(field.name)
      << "\", \"" << escaped(field.old_name) << "\", \"" << escaped(field.default_id) << "\", "
      << (field.by_name ? "true" : "false") << "},\n     &" << cpp_type(*operation.method->input_type())
      << "::default_instance(), \"" << escaped(operation.content_type) << "\",\n";
  write_call(out, service, operation);
}

}  // namespace

std::string write_routes(const std::vector<Service>& services) {
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#include \"wire/operation.h\"\n\n#include "
         "\"millrace/v1/services.gen.h\"\n\n"
         "namespace millrace::wire {\n\nconst std::vector<Operation>& operations() {\n"
         "  static const std::vector<Operation> table = {\n";
  for (const Service& service : services) {
    for (const Operation& operation : service.operations) {
      if (!operation.bindings.empty()) write_row(out, service, operation);
    }
  }
  out << "  };\n  return table;\n}\n\n}  // namespace millrace::wire\n";
  return out.str();
}

}  // namespace millrace::codegen

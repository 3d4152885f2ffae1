// protoc plugin: the contract in, C++ interfaces, route table and OpenAPI document out.

#include <google/protobuf/compiler/code_generator.h>
#include <google/protobuf/compiler/plugin.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <exception>
#include <memory>

#include "names.h"
#include "operations.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

namespace compiler = google::protobuf::compiler;

void write_file(compiler::GeneratorContext& context, const std::string& name, const std::string& text) {
  const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(context.Open(name));
  google::protobuf::io::CodedOutputStream coded(stream.get());
  coded.WriteString(text);
}

class Generator : public compiler::CodeGenerator {
 public:
  uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }

  // The outputs describe the contract as a whole, so all files are handled in one call.
  bool GenerateAll(const std::vector<const google::protobuf::FileDescriptor*>& files, const std::string&,
                   compiler::GeneratorContext* context, std::string* error) const override {
    try {
      const std::vector<Service> services = read_services(files);
      for (const auto* file : files) {
        if (file->service_count() > 0)
          write_file(*context, header_of(*file, ".gen.h"), write_interfaces(*file, services));
      }
      write_file(*context, "millrace/v1/service_table.gen.h", write_service_table(services));
      write_file(*context, "millrace/v1/services.gen.h", write_all_interfaces(files));
      write_file(*context, "millrace/v1/routes.gen.cpp", write_routes(services));
      write_file(*context, "millrace/v1/json.gen.cpp", write_json_writers(files));
      for (const Service& service : services) {
        if (is_kind(service))
          write_file(*context, header_of(*service.descriptor->file(), ".proxy.gen.h"), write_proxy(service));
      }
      write_file(*context, "millrace/v1/dispatchers.gen.h", write_dispatcher_header(services));
      write_file(*context, "millrace/v1/dispatchers.gen.cpp", write_dispatchers(services));
      write_file(*context, "millrace/v1/openapi.gen.cpp", write_openapi(services));
      write_file(*context, "millrace/v1/openapi.json", openapi_document(services));
      return true;
    } catch (const std::exception& failure) {
      *error = failure.what();
      return false;
    }
  }

  bool Generate(const google::protobuf::FileDescriptor* file, const std::string& parameter,
                compiler::GeneratorContext* context, std::string* error) const override {
    return GenerateAll({file}, parameter, context, error);
  }
};

}  // namespace
}  // namespace millrace::codegen

int main(int argc, char** argv) {
  const millrace::codegen::Generator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}

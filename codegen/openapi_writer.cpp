#include "writers.h"

namespace millrace::codegen {

std::string write_openapi(const std::vector<Service>&) {
  return "#include \"wire/openapi.h\"\nnamespace millrace::wire {\nstd::string_view openapi_document() { "
         "return \"{}\"; }\n}\n";
}

}  // namespace millrace::codegen

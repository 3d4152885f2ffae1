#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace millrace::codegen {

/// "GetRun" -> "get_run".
std::string snake_case(std::string_view pascal_case);

/// "::millrace::v1::GetRunRequest".
std::string cpp_type(const google::protobuf::Descriptor& message);

/// "::millrace::v1::RunStatus" for "millrace.v1.RunStatus", of a name that is not nested in a message.
std::string cpp_name(std::string_view full_name);

/// "millrace/v1/runs.gen.h" for the file millrace/v1/runs.proto and the ending ".gen.h".
std::string header_of(const google::protobuf::FileDescriptor& file, std::string_view ending);

/// Every comment line of the contract above `descriptor`, as C++ doc comment lines with that indentation.
std::string doc_comment(const google::protobuf::ServiceDescriptor& service, std::string_view indent);
std::string doc_comment(const google::protobuf::MethodDescriptor& method, std::string_view indent);

/// `text` as the inside of a C++ string literal.
std::string escaped(std::string_view text);

}  // namespace millrace::codegen

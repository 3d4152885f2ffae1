#include "names.h"

#include <cctype>
#include <sstream>

namespace millrace::codegen {
namespace {

template <typename Descriptor>
std::string comment_of(const Descriptor& descriptor, std::string_view indent) {
  google::protobuf::SourceLocation location;
  if (!descriptor.GetSourceLocation(&location)) return "";
  std::istringstream lines(location.leading_comments);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += std::string(indent) + "///" + line + "\n";
  }
  return result;
}

}  // namespace

std::string snake_case(std::string_view pascal_case) {
  std::string result;
  for (const char c : pascal_case) {
    if (std::isupper(static_cast<unsigned char>(c)) && !result.empty()) result += '_';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

std::string cpp_type(const google::protobuf::Descriptor& message) {
  // A nested message is a class of its own: Outer_Inner.
  if (const auto* outer = message.containing_type()) return cpp_type(*outer) + "_" + message.name();
  return cpp_name(message.full_name());
}

std::string cpp_name(std::string_view full_name) {
  std::string result = "::";
  for (const char c : full_name) {
    if (c == '.') {
      result += "::";
    } else {
      result += c;
    }
  }
  return result;
}

std::string header_of(const google::protobuf::FileDescriptor& file, std::string_view ending) {
  return file.name().substr(0, file.name().rfind('.')).append(ending);
}

std::string doc_comment(const google::protobuf::ServiceDescriptor& service, std::string_view indent) {
  return comment_of(service, indent);
}

std::string doc_comment(const google::protobuf::MethodDescriptor& method, std::string_view indent) {
  return comment_of(method, indent);
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace millrace::codegen

#include "access/policy.h"

#include <google/protobuf/descriptor.h>

namespace millrace::access {

std::vector<std::string> resource_ids(const google::protobuf::Message& request, std::string_view field) {
  using google::protobuf::FieldDescriptor;
  const FieldDescriptor* found =
      field.empty() ? nullptr : request.GetDescriptor()->FindFieldByName(std::string(field));
  if (found == nullptr || found->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return {};
  const auto& reflection = *request.GetReflection();
  if (!found->is_repeated()) return {reflection.GetString(request, found)};
  std::vector<std::string> ids;
  for (int i = 0; i < reflection.FieldSize(request, found); ++i) {
    ids.push_back(reflection.GetRepeatedString(request, found, i));
  }
  return ids;
}

}  // namespace millrace::access

#include "access/policy.h"

#include <google/protobuf/descriptor.h>

namespace millrace::access {
namespace {

using google::protobuf::FieldDescriptor;

std::vector<std::string> values_of(const google::protobuf::Message& request, std::string_view field) {
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

bool is_one_empty(const std::vector<std::string>& ids) {
  return ids.size() == 1 && ids[0].empty();
}

}  // namespace

std::vector<std::string> resource_ids(const google::protobuf::Message& request, const wire::Access& rule) {
  std::vector<std::string> ids = values_of(request, rule.field);
  if (is_one_empty(ids) && !rule.old_field.empty()) ids = values_of(request, rule.old_field);
  if (is_one_empty(ids)) ids[0] = rule.default_id;
  return ids;
}

AccessRequest access_request(const wire::Operation& operation, const google::protobuf::Message& request) {
  const wire::Access& rule = operation.access;
  return {rule.action, rule.resource, resource_ids(request, rule), operation.name, rule.by_name};
}

}  // namespace millrace::access

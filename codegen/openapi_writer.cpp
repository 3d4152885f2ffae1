#include <google/protobuf/descriptor.h>

#include <map>
#include <set>
#include <sstream>

#include "names.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      result += c;
    }
  }
  return result + "\"";
}

template <typename Described>
std::string comment_text(const Described& described) {
  google::protobuf::SourceLocation location;
  if (!described.GetSourceLocation(&location)) return "";
  std::string text = location.leading_comments + location.trailing_comments;
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += ' ';
    } else if (c != ' ' || (!result.empty() && result.back() != ' ')) {
      result += c;
    }
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::string scalar_schema(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return R"("type":"integer","format":"int64")";
    case FieldDescriptor::CPPTYPE_INT32:
      return R"("type":"integer","format":"int32")";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return R"("oneOf":[{"type":"number"},{"type":"string","enum":["NaN","Infinity","-Infinity"]}])";
    case FieldDescriptor::CPPTYPE_BOOL:
      return R"("type":"boolean")";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "\"$ref\":\"#/components/schemas/" + field.message_type()->name() + "\"";
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string values;
      for (int i = 1; i < field.enum_type()->value_count(); ++i) {
        values += (values.empty() ? "" : ",") + quoted(field.enum_type()->value(i)->name());
      }
      return "\"type\":\"string\",\"enum\":[" + values + "]";
    }
    default:
      return R"("type":"string")";
  }
}

std::string field_schema(const FieldDescriptor& field) {
  std::string schema;
  if (field.is_map()) {
    schema = "\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}";
  } else if (field.is_repeated()) {
    schema = "\"type\":\"array\",\"items\":{" + scalar_schema(field) + "}";
  } else {
    schema = scalar_schema(field);
  }
  const std::string comment = comment_text(field);
  if (!comment.empty() && !schema.starts_with("\"$ref\"")) schema += ",\"description\":" + quoted(comment);
  return "{" + schema + "}";
}

bool is_required(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::required);
}

std::string message_schema(const Descriptor& message) {
  std::string properties;
  std::string required;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    properties += (properties.empty() ? "" : ",") + quoted(field.name()) + ":" + field_schema(field);
    if (is_required(field)) required += (required.empty() ? "" : ",") + quoted(field.name());
  }
  std::string schema = "{\"type\":\"object\",\"properties\":{" + properties + "}";
  if (!required.empty()) schema += ",\"required\":[" + required + "]";
  const std::string comment = comment_text(message);
  if (!comment.empty()) schema += ",\"description\":" + quoted(comment);
  return schema + "}";
}

// A route with its fields in OpenAPI's form, and their names.
struct Path {
  std::string text;
  std::set<std::string> fields;
};

Path parse_path(const std::string& route) {
  Path path;
  for (size_t i = 0; i < route.size(); ++i) {
    if (route[i] != '{') {
      path.text += route[i];
      continue;
    }
    const size_t end = route.find('}', i);
    const std::string inside = route.substr(i + 1, end - i - 1);
    const std::string name = inside.substr(0, inside.find('='));
    path.fields.insert(name);
    path.text += "{" + name + "}";
    i = end;
  }
  return path;
}

std::string parameter(const FieldDescriptor& field, const char* place) {
  const bool in_path = std::string_view(place) == "path";
  std::string text = "{\"name\":" + quoted(field.name()) + ",\"in\":\"" + place +
                     "\",\"required\":" + (in_path || is_required(field) ? "true" : "false") +
                     ",\"schema\":" + field_schema(field);
  if (field.is_repeated()) text += ",\"style\":\"form\",\"explode\":true";
  return text + "}";
}

// What is not in the path goes to the query for GET and uploads, to the body otherwise.
std::string parameters(const Operation& operation, const Path& path, bool fields_in_query) {
  std::string list;
  const Descriptor& request = *operation.method->input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    const bool in_path = path.fields.count(field.name()) > 0;
    if (in_path || fields_in_query)
      list += (list.empty() ? "" : ",") + parameter(field, in_path ? "path" : "query");
  }
  return list.empty() ? "" : ",\"parameters\":[" + list + "]";
}

std::string json_content(const Descriptor& message) {
  return "\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/" + message.name() +
         "\"}}}";
}

std::string bytes_content(const std::string& type = "application/octet-stream") {
  return "\"content\":{" + quoted(type) + ":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}}";
}

std::string answer_content(const Operation& operation) {
  if (operation.shape != Shape::kDownload) return json_content(*operation.method->output_type());
  return operation.content_type.empty() ? bytes_content() : bytes_content(operation.content_type);
}

std::string operation_text(const Service& service, const Operation& operation, const std::string& method,
                           const Path& path, const std::string& id) {
  const bool get = method == "GET";
  std::string text =
      "{\"operationId\":" + quoted(id) + ",\"tags\":[" + quoted(service.descriptor->name()) + "]";
  const std::string comment = comment_text(*operation.method);
  if (!comment.empty()) text += ",\"description\":" + quoted(comment);
  text += parameters(operation, path, get || operation.shape != Shape::kUnary);
  if (operation.shape == Shape::kUpload) {
    text += ",\"requestBody\":{\"required\":true," + bytes_content() + "}";
  } else if (!get && operation.shape == Shape::kUnary) {
    text += ",\"requestBody\":{" + json_content(*operation.method->input_type()) + "}";
  }
  return text + ",\"responses\":{\"200\":{\"description\":\"Done\"," + answer_content(operation) +
         "},\"default\":{\"description\":\"Refused or failed\",\"content\":{\"application/json\":{\"schema\":"
         "{\"$ref\":\"#/components/schemas/Error\"}}}}}}";
}

void collect_messages(const Descriptor& message, std::map<std::string, const Descriptor*>& messages) {
  if (message.options().map_entry() || !messages.emplace(message.name(), &message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->message_type() != nullptr)
      collect_messages(*message.field(i)->message_type(), messages);
  }
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace

std::string openapi_document(const std::vector<Service>& services) {
  std::map<std::string, std::map<std::string, std::string>> paths;  // path -> method -> operation
  std::map<std::string, const Descriptor*> messages;
  for (const Service& service : services) {
    for (const Operation& operation : service.operations) {
      int binding_number = 0;
      for (const auto& binding : operation.bindings) {
        const std::string& route = binding.route();
        const std::string method = route.substr(0, route.find(' '));
        std::string place = route.substr(route.find(' ') + 1);
        if (!place.starts_with('/')) place.insert(0, binding.ajax_only() ? "/ajax-api/" : "/api/");
        const Path path = parse_path(place);
        std::string id = operation.method->name();
        if (binding_number++ > 0) id += "_" + lower(method);
        paths[path.text][lower(method)] = operation_text(service, operation, method, path, id);
        collect_messages(*operation.method->input_type(), messages);
        collect_messages(*operation.method->output_type(), messages);
      }
    }
  }
  std::string text =
      "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Millrace\",\"version\":\"1\",\"description\":\"MLflow's "
      "REST API as "
      "Millrace serves it. Paths below /api/ are served below /ajax-api/ too.\"},\"paths\":{";
  bool first_path = true;
  for (const auto& [path, methods] : paths) {
    text += (first_path ? "" : ",") + quoted(path) + ":{";
    first_path = false;
    bool first_method = true;
    for (const auto& [method, operation] : methods) {
      text += (first_method ? "" : ",") + quoted(method) + ":" + operation;
      first_method = false;
    }
    text += "}";
  }
  text +=
      "},\"components\":{\"schemas\":{\"Error\":{\"type\":\"object\",\"properties\":{\"error_code\":{"
      "\"type\":\"string\"},"
      "\"message\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"}},\"required\":[\"error_code\","
      "\"message\"]}";
  for (const auto& [name, message] : messages) text += "," + quoted(name) + ":" + message_schema(*message);
  return text + "}}}";
}

std::string write_openapi(const std::vector<Service>& services) {
  // Compilers limit the length of a literal, and count neighbours as one, so the pieces are joined at run
  // time.
  constexpr size_t kPiece = 8000;
  const std::string text = openapi_document(services);
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#include \"wire/openapi.h\"\n\n#include "
         "<string>\n\nnamespace millrace::wire {\n\nstd::string_view openapi_document() {\n"
         "  static const std::string document = [] {\n    std::string text;\n    for (const char* piece : "
         "{\n";
  for (size_t i = 0; i < text.size(); i += kPiece)
    out << "      R\"json(" << text.substr(i, kPiece) << ")json\",\n";
  out << "         })\n      text += piece;\n    return text;\n  }();\n  return document;\n}\n\n}  // "
         "namespace "
         "millrace::wire\n";
  return out.str();
}

}  // namespace millrace::codegen

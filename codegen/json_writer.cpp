#include <sstream>
#include <stdexcept>

#include "names.h"
#include "writers.h"

namespace millrace::codegen {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

using Messages = std::vector<const Descriptor*>;

void collect(const Descriptor& message, Messages& found) {
  if (message.options().map_entry()) return;
  for (int i = 0; i < message.nested_type_count(); ++i) collect(*message.nested_type(i), found);
  found.push_back(&message);
}

std::string enum_name_of(const FieldDescriptor& field, const std::string& value) {
  return cpp_name(field.enum_type()->full_name()) + "_Name(" + value + ")";
}

// The statement that appends `value`, an expression of the field's element type.
std::string append_of(const FieldDescriptor& field, const std::string& value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "append_json_string(" + value + ", out);";
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_INT32:
      return "append_json_integer(" + value + ", out);";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "append_json_double(" + value + ", out);";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "append_json_bool(" + value + ", out);";
    case FieldDescriptor::CPPTYPE_ENUM:
      return "append_json_string(" + enum_name_of(field, value) + ", out);";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "append(" + value + ", out);";
    default:
      throw std::runtime_error(field.full_name() + ": the JSON dialect has no such type");
  }
}

// Presence as the wire has it: a field without a presence of its own is there when it is not its default,
// and of reals every bit counts.
std::string presence_of(const FieldDescriptor& field) {
  const std::string& name = field.lowercase_name();
  if (field.has_presence()) return "message.has_" + name + "()";
  if (field.is_repeated() || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    return "!message." + name + "().empty()";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE)
    return "std::bit_cast<uint64_t>(message." + name + "()) != 0";
  return "message." + name + "() != 0";
}

// Each element brings its comma; the last one becomes the bracket.
std::string append_list(const FieldDescriptor& field, const std::string& accessor) {
  return "    out += '[';\n    for (const auto& item : " + accessor + ") {\n      " +
         append_of(field, "item") + "\n      out += ',';\n    }\n    out.back() = ']';\n";
}

std::string append_map(const FieldDescriptor& field, const std::string& accessor) {
  const FieldDescriptor& key = *field.message_type()->map_key();
  if (key.cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    throw std::runtime_error(field.full_name() + ": keys of maps are strings");
  return "    out += '{';\n    for (const auto& [key, item] : " + accessor +
         ") {\n      append_json_string(key, out);\n      out += ':';\n      " +
         append_of(*field.message_type()->map_value(), "item") +
         "\n      out += ',';\n    }\n    out.back() = '}';\n";
}

void write_field(std::ostream& out, const FieldDescriptor& field) {
  const std::string accessor = "message." + field.lowercase_name() + "()";
  out << "  if (" << presence_of(field) << ") {\n    out += \",\\\"" << field.name() << "\\\":\";\n";
  if (field.is_map()) {
    out << append_map(field, accessor);
  } else if (field.is_repeated()) {
    out << append_list(field, accessor);
  } else {
    out << "    " << append_of(field, accessor) << "\n";
  }
  out << "  }\n";
}

std::string signature(const Descriptor& message) {
  return "void append([[maybe_unused]] const " + cpp_type(message) + "& message, std::string& out)";
}

void write_message(std::ostream& out, const Descriptor& message) {
  out << signature(message) << " {\n  const size_t start = out.size();\n";
  for (int i = 0; i < message.field_count(); ++i) write_field(out, *message.field(i));
  out << "  close_json_object(start, out);\n}\n\n";
}

void write_row(std::ostream& out, const Descriptor& message) {
  const std::string type = cpp_type(message);
  out << "      {" << type
      << "::descriptor(), [](const google::protobuf::Message& message, std::string& out) {\n"
         "         append(static_cast<const "
      << type << "&>(message), out);\n       }},\n";
}

}  // namespace

std::string write_json_writers(const std::vector<const google::protobuf::FileDescriptor*>& files) {
  Messages messages;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) collect(*file->message_type(i), messages);
  }
  std::ostringstream out;
  out << "// Generated from the contract in api/; do not edit.\n#include <bit>\n#include <unordered_map>\n\n"
         "#include \"millrace/v1/services.gen.h\"\n#include \"wire/json_messages.h\"\n#include "
         "\"wire/json_text.h\"\n\nnamespace millrace::wire {\nnamespace {\n\n";
  for (const Descriptor* message : messages) out << signature(*message) << ";\n";
  out << "\n";
  for (const Descriptor* message : messages) write_message(out, *message);
  out << "}  // namespace\n\nAppendMessage json_writer_of(const google::protobuf::Descriptor* type) {\n"
         "  static const std::unordered_map<const google::protobuf::Descriptor*, AppendMessage> writers = "
         "{\n";
  for (const Descriptor* message : messages) write_row(out, *message);
  out << "  };\n  const auto found = writers.find(type);\n"
         "  return found == writers.end() ? nullptr : found->second;\n}\n\n}  // namespace millrace::wire\n";
  return out.str();
}

}  // namespace millrace::codegen

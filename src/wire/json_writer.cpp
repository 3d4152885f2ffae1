#include "wire/json_writer.h"

#include <google/protobuf/descriptor.h>

#include <charconv>
#include <cmath>

namespace millrace::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename Integer>
void append_integer(Integer number, std::string& out) {
  char buffer[24];
  const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end);
}

void append_double(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "\"NaN\"";
  } else if (std::isinf(number)) {
    out += number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char buffer[32];
    const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, number);
    const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
    out += digits;
    // Readers that keep integers and reals apart must see a real.
    if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

void append_scalar(const Message& message, const FieldDescriptor& field, int index, std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      append_json_string(repeated ? reflection.GetRepeatedStringReference(message, &field, index, &scratch)
                                  : reflection.GetStringReference(message, &field, &scratch),
                         out);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      append_integer(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                              : reflection.GetInt64(message, &field),
                     out);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      append_integer(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                              : reflection.GetInt32(message, &field),
                     out);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      append_double(repeated ? reflection.GetRepeatedDouble(message, &field, index)
                             : reflection.GetDouble(message, &field),
                    out);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += (repeated ? reflection.GetRepeatedBool(message, &field, index)
                       : reflection.GetBool(message, &field))
                 ? "true"
                 : "false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      append_json_string((repeated ? reflection.GetRepeatedEnum(message, &field, index)
                                   : reflection.GetEnum(message, &field))
                             ->name(),
                         out);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      append_json(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                           : reflection.GetMessage(message, &field),
                  out);
      break;
    default:
      throw Error(ErrorCode::kInternalError,
                  "The contract has no such type as that of " + field.full_name() + ".");
  }
}

void append_list(const Message& message, const FieldDescriptor& field, int size, std::string& out) {
  out += '[';
  for (int i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    append_scalar(message, field, i, out);
  }
  out += ']';
}

// Map fields are objects whose members are the entries.
void append_map(const Message& message, const FieldDescriptor& field, int size, std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  out += '{';
  for (int i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    append_scalar(entry, *entry.GetDescriptor()->field(0), -1, out);
    out += ':';
    append_scalar(entry, *entry.GetDescriptor()->field(1), -1, out);
  }
  out += '}';
}

void append_name(const FieldDescriptor& field, bool first, std::string& out) {
  if (!first) out += ',';
  out += '"';
  out += field.name();
  out += "\":";
}

}  // namespace

void append_json(const Message& message, std::string& out) {
  const Descriptor& descriptor = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  out += '{';
  bool first = true;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const int size = field.is_repeated() ? reflection.FieldSize(message, &field) : 0;
    if (field.is_repeated() ? size == 0 : !reflection.HasField(message, &field)) continue;
    append_name(field, first, out);
    first = false;
    if (field.is_map()) {
      append_map(message, field, size, out);
    } else if (field.is_repeated()) {
      append_list(message, field, size, out);
    } else {
      append_scalar(message, field, -1, out);
    }
  }
  out += '}';
}

std::string write_json(const Message& message) {
  std::string out;
  append_json(message, out);
  return out;
}

void append_json_string(std::string_view text, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  size_t plain = 0;  // start of the stretch that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

std::string error_body(const Error& error, std::string_view request_id) {
  std::string out = "{\"error_code\":";
  append_json_string(error_code_name(error.code()), out);
  out += ",\"message\":";
  append_json_string(error.what(), out);
  if (!request_id.empty()) {
    out += ",\"request_id\":";
    append_json_string(request_id, out);
  }
  out += '}';
  return out;
}

}  // namespace millrace::wire

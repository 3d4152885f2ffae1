#include "wire/json_writer.h"

#include <google/protobuf/descriptor.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <vector>

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

class MessagePlan;
const MessagePlan& plan_of(const Message& message);

// How the messages of one type are written, looked up once: asking a message for its reflection, and a
// descriptor for its fields, costs more than writing most of them.
class MessagePlan {
 public:
  explicit MessagePlan(const Message& message) : reflection_(*message.GetReflection()) {
    const Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      fields_.push_back({&field, '"' + field.name() + "\":"});
    }
  }

  void append(const Message& message, std::string& out) const {
    out += '{';
    bool first = true;
    for (const Field& field : fields_) {
      const FieldDescriptor& descriptor = *field.descriptor;
      const bool repeated = descriptor.is_repeated();
      if (repeated ? reflection_.FieldSize(message, &descriptor) == 0
                   : !reflection_.HasField(message, &descriptor))
        continue;
      if (!first) out += ',';
      first = false;
      out += field.name;
      if (!repeated) {
        append_scalar(message, descriptor, -1, out);
      } else if (descriptor.is_map()) {
        append_map(message, descriptor, out);
      } else {
        append_list(message, descriptor, out);
      }
    }
    out += '}';
  }

 private:
  struct Field {
    const FieldDescriptor* descriptor;
    std::string name;  // quoted, with its colon
  };

  void append_list(const Message& message, const FieldDescriptor& field, std::string& out) const {
    out += '[';
    const int size = reflection_.FieldSize(message, &field);
    const bool messages = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const MessagePlan* plan =
        messages ? &plan_of(reflection_.GetRepeatedMessage(message, &field, 0)) : nullptr;
    for (int i = 0; i < size; ++i) {
      if (i > 0) out += ',';
      if (messages) {
        plan->append(reflection_.GetRepeatedMessage(message, &field, i), out);
      } else {
        append_scalar(message, field, i, out);
      }
    }
    out += ']';
  }

  // Map fields are objects whose members are the entries.
  void append_map(const Message& message, const FieldDescriptor& field, std::string& out) const {
    out += '{';
    const int size = reflection_.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out += ',';
      const Message& entry = reflection_.GetRepeatedMessage(message, &field, i);
      const MessagePlan& plan = plan_of(entry);
      plan.append_scalar(entry, *plan.fields_[0].descriptor, -1, out);
      out += ':';
      plan.append_scalar(entry, *plan.fields_[1].descriptor, -1, out);
    }
    out += '}';
  }

  // `index` is -1 for a field that is not repeated.
  void append_scalar(const Message& message, const FieldDescriptor& field, int index,
                     std::string& out) const {
    const bool repeated = index >= 0;
    std::string scratch;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        append_json_string(repeated ? reflection_.GetRepeatedStringReference(message, &field, index, &scratch)
                                    : reflection_.GetStringReference(message, &field, &scratch),
                           out);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        append_integer(repeated ? reflection_.GetRepeatedInt64(message, &field, index)
                                : reflection_.GetInt64(message, &field),
                       out);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        append_integer(repeated ? reflection_.GetRepeatedInt32(message, &field, index)
                                : reflection_.GetInt32(message, &field),
                       out);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        append_double(repeated ? reflection_.GetRepeatedDouble(message, &field, index)
                               : reflection_.GetDouble(message, &field),
                      out);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out += (repeated ? reflection_.GetRepeatedBool(message, &field, index)
                         : reflection_.GetBool(message, &field))
                   ? "true"
                   : "false";
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        append_json_string((repeated ? reflection_.GetRepeatedEnum(message, &field, index)
                                     : reflection_.GetEnum(message, &field))
                               ->name(),
                           out);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        append_json(reflection_.GetMessage(message, &field), out);
        break;
      default:
        throw Error(ErrorCode::kInternalError,
                    "The contract has no such type as that of " + field.full_name() + ".");
    }
  }

  const Reflection& reflection_;
  std::vector<Field> fields_;
};

// One set a thread: about a kilobyte a type, and no lock on the way of every message.
const MessagePlan& plan_of(const Message& message) {
  static thread_local std::unordered_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans;
  auto& plan = plans[message.GetDescriptor()];
  if (plan == nullptr) plan = std::make_unique<MessagePlan>(message);
  return *plan;
}

}  // namespace

void append_json(const Message& message, std::string& out) {
  plan_of(message).append(message, out);
}

std::string write_json(const Message& message) {
  std::string out;
  out.reserve(2048);
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

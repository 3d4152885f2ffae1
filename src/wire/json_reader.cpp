#include "wire/json_reader.h"

#include <google/protobuf/descriptor.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "millrace/v1/options.pb.h"
#include "wire/bare_numbers.h"

namespace millrace::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
namespace dom = simdjson::dom;

// The message nests at most four deep; a body that goes on for ever is cut by the parser at this depth.
constexpr size_t kMaxDepth = 64;
constexpr size_t kSmallestCapacity = 64;  // the parser refuses to be smaller than one of its blocks

std::string_view python_type(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::ARRAY:
      return "list";
    case dom::element_type::OBJECT:
      return "dict";
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      return "int";
    case dom::element_type::DOUBLE:
      return "float";
    case dom::element_type::STRING:
      return "str";
    case dom::element_type::BOOL:
      return "bool";
    case dom::element_type::NULL_VALUE:
      break;
  }
  return "NoneType";
}

// Long values are cut: the message must name the fault, not send the body back.
std::string shown(std::string text) {
  constexpr size_t kLongest = 200;
  if (text.size() <= kLongest) return text;
  text.resize(kLongest);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.pop_back();
  return text + "...";
}

[[noreturn]] void refuse(const std::string& path, const std::string& value, std::string_view type) {
  throw_invalid_parameter("Invalid value " + shown(value) + " for parameter '" + path +
                          "' supplied:  Hint: Value was of type '" + std::string(type) +
                          "'. See the API docs for more information about request parameters.");
}

[[noreturn]] void refuse(const std::string& path, const dom::element& value) {
  refuse(path, simdjson::minify(value), python_type(value));
}

template <typename Integer>
std::optional<Integer> integer_from_text(std::string_view text) {
  Integer number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<double> double_from_text(std::string_view text) {
  if (text == "NaN" || text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity" || text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity" || text == "-inf") return -std::numeric_limits<double>::infinity();
  double number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

template <typename Integer>
std::optional<Integer> integer_from(const dom::element& value) {
  int64_t number{};
  if (value.is_string()) return integer_from_text<Integer>(value.get_string());
  if (value.type() == dom::element_type::DOUBLE) {  // 3.0 is an integer, 3.5 and 1e300 are not
    const double real = value.get_double();
    if (std::floor(real) != real || std::fabs(real) > 9.0e15) return std::nullopt;
    number = static_cast<int64_t>(real);
  } else if (value.get_int64().get(number) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (number < std::numeric_limits<Integer>::min() || number > std::numeric_limits<Integer>::max())
    return std::nullopt;
  return static_cast<Integer>(number);
}

std::optional<double> double_from(const dom::element& value) {
  if (value.is_string()) return double_from_text(value.get_string());
  double number{};
  if (value.is_bool() || value.get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

// Where in the body a value stands; text is made only when a fault has to be told.
struct Place {
  const Place* parent = nullptr;
  std::string_view name;
  int64_t index = -1;

  std::string path() const {
    std::string text = parent == nullptr ? std::string() : parent->path();
    if (!name.empty()) text += (text.empty() ? "" : ".") + std::string(name);
    if (index >= 0) text += "[" + std::to_string(index) + "]";
    return text;
  }
};

void read_object(const dom::object& object, Message& message, const Place& place);

// Writes one scalar; `Add` appends to a repeated field. False when the value does not fit.
class ScalarTarget {
 public:
  ScalarTarget(Message& message, const FieldDescriptor& field)
      : message_(message), field_(field), reflection_(*message.GetReflection()) {}

  bool put_text(std::string_view text) const {
    if (field_.is_repeated()) {
      reflection_.AddString(&message_, &field_, std::string(text));
    } else {
      reflection_.SetString(&message_, &field_, std::string(text));
    }
    return true;
  }

  bool put(std::optional<int64_t> number) const {
    if (!number) return false;
    field_.is_repeated() ? reflection_.AddInt64(&message_, &field_, *number)
                         : reflection_.SetInt64(&message_, &field_, *number);
    return true;
  }

  bool put(std::optional<int32_t> number) const {
    if (!number) return false;
    field_.is_repeated() ? reflection_.AddInt32(&message_, &field_, *number)
                         : reflection_.SetInt32(&message_, &field_, *number);
    return true;
  }

  bool put(std::optional<double> number) const {
    if (!number) return false;
    field_.is_repeated() ? reflection_.AddDouble(&message_, &field_, *number)
                         : reflection_.SetDouble(&message_, &field_, *number);
    return true;
  }

  bool put(std::optional<bool> value) const {
    if (!value) return false;
    reflection_.SetBool(&message_, &field_, *value);
    return true;
  }

  bool put_enum(const google::protobuf::EnumValueDescriptor* value) const {
    if (value == nullptr) return false;
    reflection_.SetEnum(&message_, &field_, value);
    return true;
  }

 private:
  Message& message_;
  const FieldDescriptor& field_;
  const Reflection& reflection_;
};

const google::protobuf::EnumValueDescriptor* enum_from_text(const FieldDescriptor& field,
                                                            std::string_view text) {
  if (const auto* value = field.enum_type()->FindValueByName(std::string(text))) return value;
  const auto number = integer_from_text<int32_t>(text);
  return number ? field.enum_type()->FindValueByNumber(*number) : nullptr;
}

const google::protobuf::EnumValueDescriptor* enum_from(const FieldDescriptor& field,
                                                       const dom::element& value) {
  if (value.is_string()) return enum_from_text(field, value.get_string());
  const auto number = integer_from<int32_t>(value);
  return number ? field.enum_type()->FindValueByNumber(*number) : nullptr;
}

bool put_scalar(const dom::element& value, Message& message, const FieldDescriptor& field) {
  const ScalarTarget target(message, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return value.is_string() && target.put_text(value.get_string());
    case FieldDescriptor::CPPTYPE_INT64:
      return target.put(integer_from<int64_t>(value));
    case FieldDescriptor::CPPTYPE_INT32:
      return target.put(integer_from<int32_t>(value));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return target.put(double_from(value));
    case FieldDescriptor::CPPTYPE_BOOL:
      return value.is_bool() && target.put(std::optional<bool>(value.get_bool()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return target.put_enum(enum_from(field, value));
    default:
      return false;
  }
}

void read_value(const dom::element& value, Message& message, const FieldDescriptor& field,
                const Place& place) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    if (!put_scalar(value, message, field)) refuse(place.path(), value);
    return;
  }
  if (!value.is_object()) refuse(place.path(), value);
  const Reflection& reflection = *message.GetReflection();
  Message& child = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                       : *reflection.MutableMessage(&message, &field);
  read_object(value.get_object(), child, place);
}

void read_member(const dom::element& value, Message& message, const FieldDescriptor& field,
                 const Place& place) {
  if (value.is_null()) return;
  if (!field.is_repeated()) return read_value(value, message, field, place);
  if (!value.is_array()) refuse(place.path(), value);
  message.GetReflection()->ClearField(&message, &field);  // of a member given twice the last one counts
  int64_t index = 0;
  for (const dom::element item : value.get_array()) {
    const Place item_place{&place, {}, index++};
    if (item.is_null()) refuse(item_place.path(), item);
    read_value(item, message, field, item_place);
  }
}

// Finds fields by name. Members mostly come in the order of the contract or in the same order again and
// again, so the search starts behind the last hit.
class FieldFinder {
 public:
  explicit FieldFinder(const Descriptor& descriptor) : descriptor_(descriptor) {}

  const FieldDescriptor* find(std::string_view key) {
    const int count = descriptor_.field_count();
    for (int i = 0; i < count; ++i) {
      const int candidate = (next_ + i) % count;
      const FieldDescriptor* field = descriptor_.field(candidate);
      if (field->name() == key || field->json_name() == key) {
        next_ = candidate + 1;
        return field;
      }
    }
    return nullptr;
  }

 private:
  const Descriptor& descriptor_;
  int next_ = 0;
};

// Two spellings of one field would let a check look at one value and a handler act on the other.
void refuse_second_spelling(const dom::object& object, const FieldDescriptor& field) {
  if (field.name() == field.json_name()) return;
  dom::element ignored;
  if (object[field.name()].get(ignored) != simdjson::SUCCESS) return;
  throw_invalid_parameter("Request specifies both '" + field.name() + "' and '" + field.json_name() +
                          "'; provide only one of them.");
}

void read_object(const dom::object& object, Message& message, const Place& place) {
  FieldFinder finder(*message.GetDescriptor());
  for (const dom::key_value_pair member : object) {
    const FieldDescriptor* field = finder.find(member.key);
    if (field == nullptr) continue;
    if (member.key != field->name()) refuse_second_spelling(object, *field);
    read_member(member.value, message, *field, Place{&place, field->name(), -1});
  }
}

[[noreturn]] void refuse_syntax(simdjson::error_code fault) {
  if (fault == simdjson::UTF8_ERROR) {
    throw Error(ErrorCode::kBadRequest, "The request body is not valid UTF-8.");
  }
  if (fault == simdjson::DEPTH_ERROR) {
    throw Error(ErrorCode::kBadRequest,
                "The request body nests more than " + std::to_string(kMaxDepth) + " levels deep.");
  }
  throw Error(ErrorCode::kBadRequest,
              std::string("The request body is not valid JSON: ") + simdjson::error_message(fault));
}

void read_document(const dom::element& document, Message& message) {
  if (document.is_null()) return;
  if (!document.is_object()) refuse("request", document);
  read_object(document.get_object(), message, Place{});
}

bool is_blank(std::string_view body) {
  return body.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool put_text(std::string_view text, Message& message, const FieldDescriptor& field) {
  const ScalarTarget target(message, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return target.put_text(text);
    case FieldDescriptor::CPPTYPE_INT64:
      return target.put(integer_from_text<int64_t>(text));
    case FieldDescriptor::CPPTYPE_INT32:
      return target.put(integer_from_text<int32_t>(text));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return target.put(double_from_text(text));
    case FieldDescriptor::CPPTYPE_ENUM:
      return target.put_enum(enum_from_text(field, text));
    case FieldDescriptor::CPPTYPE_BOOL: {
      if (text == "true" || text == "True") return target.put(std::optional<bool>(true));
      return (text == "false" || text == "False") && target.put(std::optional<bool>(false));
    }
    default:
      return false;
  }
}

}  // namespace

void read_json(std::string_view body, Message& message) {
  if (is_blank(body)) return;
  dom::parser parser;
  if (parser.allocate(std::max(body.size() + 1, kSmallestCapacity), kMaxDepth) != simdjson::SUCCESS) {
    throw Error(ErrorCode::kResourceExhausted,
                "Not enough memory for a request body of " + std::to_string(body.size()) + " bytes.");
  }
  dom::element document;
  simdjson::error_code fault = parser.parse(body.data(), body.size()).get(document);
  std::string quoted;
  if (fault != simdjson::SUCCESS) {
    quoted = quote_bare_numbers(body);
    if (quoted.size() != body.size()) fault = parser.parse(quoted).get(document);
  }
  if (fault != simdjson::SUCCESS) refuse_syntax(fault);
  if (document.is_string()) {  // old clients encode their JSON twice
    const std::string inner(document.get_string().value());
    if (parser.parse(inner).get(document) != simdjson::SUCCESS) refuse("request", inner, "str");
    return read_document(document, message);
  }
  read_document(document, message);
}

void read_text(std::string_view name, std::string_view text, Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr) return;
  if (!put_text(text, message, *field)) refuse(std::string(name), "\"" + std::string(text) + "\"", "str");
}

void check_required(const Message& message) {
  const Descriptor& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    if (!field->options().HasExtension(v1::required)) continue;
    const Reflection& reflection = *message.GetReflection();
    const bool present =
        field->is_repeated() ? reflection.FieldSize(message, field) > 0 : reflection.HasField(message, field);
    std::string scratch;
    const bool empty_text = present && !field->is_repeated() &&
                            field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                            reflection.GetStringReference(message, field, &scratch).empty();
    if (!present || empty_text) {
      throw_invalid_parameter("Missing value for required parameter '" + field->name() +
                              "'. See the API docs for more information about request parameters.");
    }
  }
}

}  // namespace millrace::wire

#include "wire/json_writer.h"

#include "wire/json_messages.h"

namespace millrace::wire {

void append_json(const google::protobuf::Message& message, std::string& out) {
  const AppendMessage append = json_writer_of(message.GetDescriptor());
  if (append == nullptr) {
    throw Error(ErrorCode::kInternalError, "The contract has no message " + message.GetTypeName() + ".");
  }
  append(message, out);
}

std::string write_json(const google::protobuf::Message& message) {
  std::string out;
  out.reserve(2048);
  append_json(message, out);
  return out;
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

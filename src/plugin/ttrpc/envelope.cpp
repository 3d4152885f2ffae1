#include "plugin/ttrpc/envelope.h"

#include <cstdint>

#include "plugin/ttrpc/protobuf_wire.h"

namespace millrace::ttrpc {
namespace {

using wire::Field;

constexpr std::string_view kFaultType = "type.googleapis.com/millrace.v1.plugin.Fault";

template <typename OnField>
void for_each_field(std::string_view bytes, OnField on_field) {
  wire::Reader reader(bytes);
  while (const auto field = reader.next()) on_field(*field);
}

std::pair<std::string, std::string> decode_pair(std::string_view bytes) {
  std::pair<std::string, std::string> pair;
  for_each_field(bytes, [&](const Field& field) {
    if (field.is_bytes(1)) pair.first = field.bytes;
    if (field.is_bytes(2)) pair.second = field.bytes;
  });
  return pair;
}

std::string encode_pair(std::string_view first, std::string_view second) {
  std::string bytes;
  wire::put_bytes(bytes, 1, first);
  wire::put_bytes(bytes, 2, second);
  return bytes;
}

void read_detail(std::string_view any, Status& status) {
  const auto [type, value] = decode_pair(any);
  if (type != kFaultType) return;
  for_each_field(value, [&](const Field& field) {
    if (field.is_bytes(1)) status.error_code = field.bytes;
  });
}

void read_status(std::string_view bytes, Status& status) {
  for_each_field(bytes, [&](const Field& field) {
    if (field.is_number(1)) status.code = static_cast<int32_t>(field.number);
    if (field.is_bytes(2)) status.message = field.bytes;
    if (field.is_bytes(3)) read_detail(field.bytes, status);
  });
}

std::string encode_status(const Status& status) {
  std::string bytes;
  wire::put_number(bytes, 1, static_cast<uint64_t>(int64_t{status.code}));
  wire::put_bytes(bytes, 2, status.message);
  if (status.error_code.empty()) return bytes;
  std::string fault;
  wire::put_bytes(fault, 1, status.error_code);
  wire::put_message(bytes, 3, encode_pair(kFaultType, fault));
  return bytes;
}

DecodedRequest decode_request_fields(std::string_view bytes) {
  DecodedRequest request;
  for_each_field(bytes, [&](const Field& field) {
    if (field.is_bytes(1)) request.envelope.service = field.bytes;
    if (field.is_bytes(2)) request.envelope.method = field.bytes;
    if (field.is_bytes(3)) request.payload = field.bytes;
    if (field.is_number(4))
      request.envelope.timeout = std::chrono::nanoseconds(static_cast<int64_t>(field.number));
    if (field.is_bytes(5)) request.envelope.metadata.push_back(decode_pair(field.bytes));
  });
  return request;
}

DecodedResponse decode_response_fields(std::string_view bytes) {
  DecodedResponse response;
  for_each_field(bytes, [&](const Field& field) {
    if (field.is_bytes(1)) read_status(field.bytes, response.status);
    if (field.is_bytes(2)) response.payload = field.bytes;
  });
  return response;
}

}  // namespace

std::string encode_request_head(const RequestEnvelope& request, size_t payload_size) {
  std::string bytes;
  wire::put_bytes(bytes, 1, request.service);
  wire::put_bytes(bytes, 2, request.method);
  if (request.timeout.count() != 0)
    wire::put_number(bytes, 4, static_cast<uint64_t>(request.timeout.count()));
  for (const auto& [key, value] : request.metadata) wire::put_message(bytes, 5, encode_pair(key, value));
  wire::put_bytes_head(bytes, 3, payload_size);
  return bytes;
}

DecodedRequest decode_request(std::string_view bytes) {
  try {
    return decode_request_fields(bytes);
  } catch (const wire::Malformed& error) {
    throw Error(ErrorCode::kInvalidParameterValue, std::string("unmarshal request error: ") + error.what());
  }
}

std::string encode_response_head(size_t payload_size) {
  std::string bytes;
  wire::put_bytes_head(bytes, 2, payload_size);
  return bytes;
}

std::string encode_error_response(const Status& status) {
  std::string bytes;
  wire::put_message(bytes, 1, encode_status(status));
  return bytes;
}

DecodedResponse decode_response(std::string_view bytes) {
  try {
    return decode_response_fields(bytes);
  } catch (const wire::Malformed& error) {
    throw Error(ErrorCode::kInternalError, std::string("The answer is not one of ttrpc: ") + error.what());
  }
}

}  // namespace millrace::ttrpc

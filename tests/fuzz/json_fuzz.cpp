// Any bytes as the body and the query of every operation: they are refused with an Error or give a message
// that, written and read again, is the same.

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/operation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto& operations = millrace::wire::operations();
  const auto& operation = operations[data[0] % operations.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::unique_ptr<google::protobuf::Message> message(operation.request->New());
  try {
    millrace::wire::read_json(text, *message);
    const std::string written = millrace::wire::write_json(*message);
    const std::unique_ptr<google::protobuf::Message> again(operation.request->New());
    millrace::wire::read_json(written, *again);
    if (millrace::wire::write_json(*again) != written) std::abort();
  } catch (const millrace::Error&) {
  }
  try {
    const std::unique_ptr<google::protobuf::Message> from_query(operation.request->New());
    millrace::wire::read_query(text, *from_query);
    millrace::wire::check_required(*from_query);
  } catch (const millrace::Error&) {
  }
  return 0;
}

#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string_view>
#include <vector>

#include "base/byte_stream.h"
#include "base/call_context.h"
#include "base/reply.h"
#include "millrace/v1/access.pb.h"
#include "millrace/v1/service_table.gen.h"

namespace millrace::wire {

/// One way to reach an operation; see HttpBinding in the contract for the form of `path`.
struct Binding {
  std::string_view method;
  std::string_view path;
  bool ajax_only;
};

/// Who may call an operation; see AccessRule in the contract.
struct Access {
  v1::Action action;
  v1::ResourceKind resource;
  std::string_view field;
  std::string_view old_field;
  std::string_view default_id;
  bool by_name;
};

/// One operation of the contract that clients reach over HTTP. Exactly one of `call`, `download` and `upload`
/// is set; each throws what the service throws and may block.
struct Operation {
  std::string_view name;  ///< "LogMetric"
  std::vector<Binding> bindings;
  Access access;
  const google::protobuf::Message* request;  ///< Prototype: request->New(arena) makes an empty request.
  std::string_view content_type;  ///< Of the bytes of a download; empty: that of the file that is read.

  std::unique_ptr<google::protobuf::Message> (*call)(const Services&, const CallContext&,
                                                     const google::protobuf::Message&);
  /// The form of `call` that does not wait; null where the contract has none. See the generated interfaces.
  bool (*start)(const Services&, const CallContext&, const google::protobuf::Message&,
                Reply<std::unique_ptr<google::protobuf::Message>>);
  std::unique_ptr<ByteSource> (*download)(const Services&, const CallContext&,
                                          const google::protobuf::Message&);
  std::unique_ptr<ByteSink> (*upload)(const Services&, const CallContext&, const google::protobuf::Message&);
};

/// Every operation of the contract, generated from it.
const std::vector<Operation>& operations();

}  // namespace millrace::wire

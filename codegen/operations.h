#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "millrace/v1/options.pb.h"

namespace millrace::codegen {

/// How the bytes of an operation travel, told by the `stream` keywords of the contract.
enum class Shape {
  kUnary,     ///< message in, message out
  kDownload,  ///< message in, bytes out
  kUpload,    ///< message and bytes in, message out
};

/// One rpc of the contract with its options read.
struct Operation {
  const google::protobuf::MethodDescriptor* method;
  Shape shape;
  std::vector<v1::HttpBinding> bindings;
  v1::AccessRule access;
  std::string capability;
  bool deferrable;
  std::string content_type;  ///< of the bytes of a download; empty: that of the file
};

/// What the access rule of an operation says about the field with the resource; see AccessRule in the
/// contract.
struct ResourceField {
  std::string name;        ///< empty: the kind as a whole
  std::string old_name;    ///< read where the field is empty; mostly none
  std::string default_id;  ///< what an empty field stands for
  bool by_name = false;    ///< it holds a name, not an id
};

ResourceField resource_field(const Operation& operation);

/// All operations of one service, in the order of the contract.
struct Service {
  const google::protobuf::ServiceDescriptor* descriptor;
  std::vector<Operation> operations;

  /// Clients reach it over HTTP; the others are plugin kinds.
  bool has_routes() const;
};

/// Reads the services of all files. Throws std::runtime_error naming the operation when a binding has no
/// access rule or a malformed route.
std::vector<Service> read_services(const std::vector<const google::protobuf::FileDescriptor*>& files);

}  // namespace millrace::codegen

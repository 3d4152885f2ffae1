#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "millrace/v1/options.pb.h"

namespace millrace::access {

/// What a caller wants: the access rule of the operation with the resources that the request names filled in.
struct AccessRequest {
  v1::Action action;
  v1::ResourceKind resource;
  std::vector<std::string> ids;  ///< empty for the server as a whole
};

/// Decides who may do what. Asked before every operation; any thread; may block.
class Policy {
 public:
  virtual ~Policy() = default;
  /// Throws PERMISSION_DENIED, or UNAUTHENTICATED for an unknown caller, when the answer is no.
  virtual void authorize(const CallContext& context, const AccessRequest& request) = 0;
  /// False when authorize() answers from memory, so that it may be asked on an I/O thread.
  virtual bool may_block() const { return true; }
};

/// Everybody may do everything: the policy when no auth app is on.
class AllowAll : public Policy {
 public:
  void authorize(const CallContext&, const AccessRequest&) override {}
  bool may_block() const override { return false; }
};

/// The values of the request field that an access rule names, one or many.
std::vector<std::string> resource_ids(const google::protobuf::Message& request, std::string_view field);

}  // namespace millrace::access

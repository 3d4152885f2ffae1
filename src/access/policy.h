#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "wire/operation.h"

namespace millrace::access {

/// Who asks, as an auth app said.
struct Identity {
  std::string principal;  ///< empty: nobody was asked to say who they are
  std::vector<std::string> groups;
};

/// What a caller wants: the access rule of the operation with the resources that the request names filled in.
struct AccessRequest {
  v1::Action action;
  v1::ResourceKind resource;
  std::vector<std::string> ids;  ///< empty for the kind as a whole
  std::string_view operation;    ///< "LogMetric"
  bool by_name = false;          ///< `ids` are names
};

/// Decides who may do what. Asked before every operation; any thread; may block.
class Policy {
 public:
  virtual ~Policy() = default;
  /// Throws PERMISSION_DENIED when the answer is no, TEMPORARILY_UNAVAILABLE when there is none.
  virtual void authorize(const CallContext& context, const Identity& who, const AccessRequest& request) = 0;
  /// False when authorize() allows everything, so that it need not be asked.
  virtual bool judges() const { return true; }
  /// False when authorize() answers from memory, so that it may be asked on an I/O thread.
  virtual bool may_block() const { return judges(); }
};

/// Everybody may do everything: the policy when no auth app is on, or one that leaves it at authentication.
class AllowAll : public Policy {
 public:
  void authorize(const CallContext&, const Identity&, const AccessRequest&) override {}
  bool judges() const override { return false; }
};

/// The resources that a request names, as the access rule of its operation says. A field of one value that
/// is empty gives one id, the rule's default or an empty one; a field of many may give none.
std::vector<std::string> resource_ids(const google::protobuf::Message& request, const wire::Access& rule);

/// The question for a request to an operation.
AccessRequest access_request(const wire::Operation& operation, const google::protobuf::Message& request);

}  // namespace millrace::access

#pragma once

#include "plugin/ttrpc/service.h"

namespace millrace::sdk {

/// Says for its lifetime which call this thread serves. May be nested.
class CurrentCall {
 public:
  explicit CurrentCall(const ttrpc::ServerCall& call);
  ~CurrentCall();
  CurrentCall(const CurrentCall&) = delete;
  CurrentCall& operator=(const CurrentCall&) = delete;

 private:
  const ttrpc::ServerCall* outer_;
};

}  // namespace millrace::sdk

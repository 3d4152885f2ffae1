#pragma once

#include <memory>
#include <vector>

#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/service.h"
#include "runtime.h"

namespace millrace::sdk {

/// The services of a plugin as ttrpc serves them: Control, and one for each kind that it provides.
class ChildServices {
 public:
  /// `runtime` must outlive this, and this every server that it was added to.
  explicit ChildServices(Runtime& runtime);
  ~ChildServices();

  void add_to(ttrpc::Server& server);

 private:
  std::vector<std::pair<std::string, std::unique_ptr<ttrpc::Service>>> services_;
};

}  // namespace millrace::sdk

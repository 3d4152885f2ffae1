#pragma once

#include "millrace/v1/server.pb.h"

namespace millrace::server {

/// What the system tells of this process. Figures that it does not tell are left out. Any thread.
v1::ProcessStatus process_figures();

}  // namespace millrace::server

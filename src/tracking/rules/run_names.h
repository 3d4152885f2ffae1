#pragma once

#include <string>

namespace millrace::tracking {

/// A name for a run or model that came without one: adjective, noun and a number below 1,000, as in
/// "brisk-otter-417". At most 20 characters.
std::string random_run_name();

}  // namespace millrace::tracking

#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// A URI as it may be shown to whoever looks: user names, passwords, values of parameters and the fragment
/// are "***". Where it is in doubt what is secret ("s3://bucket/a@b"), more is hidden. Plain paths stay as
/// they are.
std::string shown_uri(std::string_view uri);

}  // namespace millrace

#pragma once

#include <cstdint>
#include <string>

namespace millrace::maintenance {

/// A number for people: "1,234,567".
std::string with_thousands(int64_t number);

/// A size for people, in units of 1024: "1.5 GiB".
std::string size_text(int64_t bytes);

}  // namespace millrace::maintenance

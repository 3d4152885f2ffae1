#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

namespace millrace::cli {

/// What `millrace plugin new` was asked for, as it was written.
struct NewPluginFlags {
  std::string id;
  std::string kind;
  std::string language;
  std::string scheme;
  std::string provides;
  std::string licence = "Apache-2.0";
  std::filesystem::path output;
};

/// Makes the folder of a new plugin and tells which commands come next. Throws INVALID_PARAMETER_VALUE for
/// flags that do not do, and as write_scaffold() does.
void make_new_plugin(const NewPluginFlags& flags, std::ostream& out);

}  // namespace millrace::cli

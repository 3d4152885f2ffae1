#pragma once

#include <filesystem>
#include <string>

#include "base/descriptor.h"

namespace millrace::plugin {

/// A folder that plugins are installed into, held for one process: others that construct it for the same
/// folder wait. What an interrupted installation left behind is removed on the way. Not synchronized.
class InstallRoot {
 public:
  /// Makes the folder when it is not there. Throws as write_text_file() does.
  explicit InstallRoot(const std::filesystem::path& folder);
  ~InstallRoot();
  InstallRoot(const InstallRoot&) = delete;
  InstallRoot& operator=(const InstallRoot&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// A name for something in the making, which nobody takes for a plugin; it is removed with this object.
  std::filesystem::path scratch() const { return scratch_; }

  /// Makes `prepared` the folder `name`; what was there is gone afterwards. There is no moment without one of
  /// the two.
  void put(const std::filesystem::path& prepared, const std::string& name);

  /// Removes the folder `name`: it vanishes at once.
  void take_away(const std::string& name);

 private:
  std::filesystem::path folder_;
  Descriptor held_;
  std::filesystem::path scratch_;
};

}  // namespace millrace::plugin

#pragma once

#include <memory>
#include <string>

#include "artifacts/locations.h"
#include "base/byte_stream.h"
#include "base/call_context.h"

namespace millrace::artifacts {

/// What a ZIP file of a folder may have.
struct ZipLimits {
  size_t depth = 64;  ///< folders in folders
  size_t name_bytes =
      64UL * 1024 * 1024;  ///< what the names of all entries take, which are kept until the end
};

/// A folder with all below it as a ZIP file named `name` + ".zip", made while it is read: it needs the lists
/// of the folders on the way to the file that is being read, the names of those that were, and one piece.
/// Entries are in the order of the lists, below a folder `name` unless the whole root is asked for. Files
/// that are removed meanwhile are left out.
///
/// `place` is the folder; its path must have been checked. Throws RESOURCE_DOES_NOT_EXIST when there is
/// nothing in it; reading throws what the repository throws, INVALID_PARAMETER_VALUE for a name that leads
/// elsewhere, and RESOURCE_EXHAUSTED past a limit. What was read until then is no whole ZIP file.
std::unique_ptr<ByteSource> zip_of_folder(const CallContext& context, ArtifactPlace place,
                                          const std::string& path, ZipLimits limits = {});

}  // namespace millrace::artifacts

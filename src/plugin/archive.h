#pragma once

#include <filesystem>
#include <string>

#include "plugin/plugin_files.h"

namespace millrace::plugin {

/// Plugins travel as one file, "acme-oss-1.2.0.mrp": a tar compressed with gzip, its entries the files of the
/// plugin folder with plugin.toml at the top. Only regular files and folders, no links, no devices.

/// Packs the files of `folder`, sorted, without owners and times, so that equal folders give equal bytes.
/// `signature`, unless empty, goes in as plugin.sig in place of the folder's own. Replaces `archive` at once.
/// Throws as list_plugin_files() does and as write_text_file() does.
void pack_folder(const std::filesystem::path& folder, const std::string& signature,
                 const std::filesystem::path& archive);

/// Unpacks into `folder`, which must be empty and out of reach of others. Throws INVALID_PARAMETER_VALUE that
/// names the entry for what is no such archive, for links, devices, absolute paths, paths with "..", entries
/// that come twice, and when a limit is passed; what was unpacked until then stays, for the caller to remove.
void unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder,
                    const FileLimits& limits = {});

}  // namespace millrace::plugin

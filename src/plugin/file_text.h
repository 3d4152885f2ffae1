#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace millrace::plugin {

/// The whole of a file. Throws RESOURCE_DOES_NOT_EXIST when it is not there, PERMISSION_DENIED when it may
/// not be read, INVALID_PARAMETER_VALUE when it is no regular file or larger than `limit` bytes, and
/// INTERNAL_ERROR when reading fails.
std::string read_text_file(const std::filesystem::path& file, size_t limit);

/// Replaces a file: readers see the old or the new content, and the new one is on the disk when this returns.
/// Throws PERMISSION_DENIED, RESOURCE_EXHAUSTED (disk full) or INTERNAL_ERROR.
void write_text_file(const std::filesystem::path& file, std::string_view content);

/// The same without waiting for the disk: for what can be made anew.
void write_cache_file(const std::filesystem::path& file, std::string_view content);

/// Writes all of `content` to an open file, which messages call `file`. Throws as write_text_file() does.
void write_all(const Descriptor& descriptor, const std::filesystem::path& file, std::string_view content);

/// Returns when the entries of a folder are on the disk. Throws as write_text_file() does.
void sync_folder(const std::filesystem::path& folder);

/// Throws the Error that fits a failed system call: "cannot `action` `file`: reason".
[[noreturn]] void throw_file_error(const std::string& action, const std::filesystem::path& file, int code);

}  // namespace millrace::plugin

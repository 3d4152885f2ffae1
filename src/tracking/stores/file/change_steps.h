#pragma once

#include <functional>
#include <optional>

#include "tracking/stores/file/changes.h"

namespace millrace::tracking::files {

enum class Durability { kEach, kLater };  ///< whether each step waits for the disk

/// Makes the folders that a step needs and throws when it cannot be done; changes nothing else.
void prepare_step(const Root& root, Changes::Step& step);

/// Does a step. What it returns takes it back; empty when that cannot be done.
std::function<void()> apply_step(const Root& root, const Changes::Step& step, Durability durability);

/// Does a step that may have been done before, whole or in part.
void repeat_step(const Root& root, const Changes::Step& step);

/// Writes a file beside the index and waits for the disk; the descriptor is open.
Descriptor write_own_file(const Root& root, const std::string& name, const std::string& content);

/// Waits until what `folder` lists has reached the disk.
void sync_folder(const Folder& folder);

}  // namespace millrace::tracking::files

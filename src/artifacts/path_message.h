#pragma once

#include <string>

namespace millrace::artifacts {

/// A message of an artifact repository's contract that names a path and nothing else.
template <typename Message>
Message path_message(const std::string& path) {
  Message message;
  message.set_path(path);
  return message;
}

}  // namespace millrace::artifacts

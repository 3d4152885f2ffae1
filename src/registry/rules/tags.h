#pragma once

#include <algorithm>

namespace millrace::registry {

/// `tags` without the earlier of two with the same key: the last one said counts.
template <typename Tags>
Tags last_of_each_key(const Tags& tags) {
  Tags kept;
  for (const auto& tag : tags) {
    const auto same =
        std::find_if(kept.begin(), kept.end(), [&](const auto& other) { return other.key() == tag.key(); });
    if (same == kept.end()) {
      *kept.Add() = tag;
    } else {
      same->set_value(tag.value());
    }
  }
  return kept;
}

}  // namespace millrace::registry

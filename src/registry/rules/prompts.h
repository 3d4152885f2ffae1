#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "millrace/v1/query.pb.h"
#include "registry/rules/names.h"

namespace millrace::registry {

/// Registered models and versions with this tag are prompts; it may have other values than "true" in any
/// letter case, which mean nothing.
inline constexpr std::string_view kIsPrompt = "mlflow.prompt.is_prompt";
/// The tag of a version that holds the prompt's template.
inline constexpr std::string_view kPromptText = "mlflow.prompt.text";

/// True when the tags say prompt: the last of a key counts.
template <typename Tags>
bool says_prompt(const Tags& tags) {
  const auto found =
      std::find_if(tags.rbegin(), tags.rend(), [](const auto& tag) { return tag.key() == kIsPrompt; });
  return found != tags.rend() && lower_case(found->value()) == "true";
}

/// True when the mark is there, whatever its value: who asks for a name clash speaks of that.
template <typename Tags>
bool has_prompt_mark(const Tags& tags) {
  return std::any_of(tags.begin(), tags.end(), [](const auto& tag) { return tag.key() == kIsPrompt; });
}

/// The filter that a store gets: as it is when it asks for prompts (the mark equals 'true', or is not
/// 'false'), otherwise with prompts excluded. What the filter says of the mark then means the same, also for
/// models that lack the tag.
v1::Filter with_prompts_as_asked(v1::Filter filter);

}  // namespace millrace::registry

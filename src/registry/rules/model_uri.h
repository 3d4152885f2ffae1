#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::registry {

/// What a models:/ URI names: a logged model by its id, or a version of a registered model by its number, its
/// alias, or as the newest one of a stage or of all.
struct ModelUri {
  std::string model_id;  ///< set alone
  std::string name;
  std::string version;  ///< digits
  std::string alias;
  std::string stage;  ///< with none of the three: the newest version
};

/// Empty when `uri` is none of models:/id, models:/name/version, models:/name/stage, models:/name/latest and
/// models:/name@alias.
std::optional<ModelUri> parse_model_uri(std::string_view uri);

/// The run that a runs:/ URI names, empty when it names none.
std::string run_of_uri(std::string_view uri);

}  // namespace millrace::registry

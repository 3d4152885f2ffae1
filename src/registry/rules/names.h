#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::registry {

/// Limits of the reference (mlflow/utils/validation.py), in characters.
inline constexpr size_t kLongestTagKey = 250;
inline constexpr size_t kLongestTagValue = 100'000;
inline constexpr size_t kLongestAlias = 255;

/// Throws INVALID_PARAMETER_VALUE unless `name` may name a registered model: not blank, without '/' and ':',
/// and as a file name it must not resolve to another. `parameter` is named when it is blank.
void check_model_name(const std::string& name, const std::string& parameter = "name");

/// Throws INVALID_PARAMETER_VALUE unless `key` and `value` may be a tag of a model or version.
void check_tag(std::string_view key, std::string_view value);

/// Throws INVALID_PARAMETER_VALUE unless `alias` consists of letters, digits, '_' and '-'.
void check_alias(const std::string& alias);
/// The same, and "latest" and what looks like a version, as "v1", are refused, in any letter case.
void check_new_alias(const std::string& alias);

/// True for the alias that means the version with the greatest number.
bool is_latest(std::string_view alias);

/// The number that a version is written as. Throws INVALID_PARAMETER_VALUE when it is no integer,
/// RESOURCE_DOES_NOT_EXIST when no version can have it.
int64_t version_number(const std::string& name, const std::string& version);

/// `text` with ASCII letters in lower case.
std::string lower_case(std::string_view text);

}  // namespace millrace::registry

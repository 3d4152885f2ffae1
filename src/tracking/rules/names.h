#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::tracking {

/// Limits of the reference (mlflow/utils/validation.py), in characters unless said otherwise.
inline constexpr size_t kLongestKey = 250;
inline constexpr size_t kLongestParamValue = 6000;
inline constexpr size_t kLongestTagValue = 8000;
inline constexpr size_t kLongestExperimentName = 500;
inline constexpr size_t kLongestExperimentTagValue = 20000;

/// What happens to param and tag values over the limit; the reference cuts them unless told otherwise.
enum class LongValues { kTruncate, kRefuse };

/// Number of characters (code points) of UTF-8 text.
size_t character_count(std::string_view text);
/// `text` cut to at most `limit` characters.
std::string_view first_characters(std::string_view text, size_t limit);

/// "metrics[3]" and "key" give "metrics[3].key"; an empty path gives the name alone.
std::string json_path(std::string_view path, std::string_view name);

/// Throws INVALID_PARAMETER_VALUE unless `key` may name a metric, param or tag: letters, digits, '_', '-',
/// '.', ' ',
/// ':', '/', and as a path it must not resolve to another name.
void check_key(std::string_view key, const std::string& path);

/// Throws INVALID_PARAMETER_VALUE when `key`, taken as a path, would resolve to another name: "a/../b", "..",
/// "/x".
void check_resolves_to_itself(std::string_view key, const std::string& path);

/// Throws INVALID_PARAMETER_VALUE "'<what>' exceeds the maximum length of <limit> characters".
void check_length(std::string_view text, size_t limit, const std::string& what);

/// The value to keep: as it is, cut to the limit, or refused.
std::string_view limited_value(std::string_view value, size_t limit, LongValues rule,
                               const std::string& what);

/// Throws INVALID_PARAMETER_VALUE "Missing value for required parameter '<path>'. ...".
[[noreturn]] void throw_missing(const std::string& path);

/// Throws INVALID_PARAMETER_VALUE "Invalid value <json> for parameter '<path>' supplied: <why>".
[[noreturn]] void throw_invalid_value(const std::string& json_value, const std::string& path,
                                      const std::string& why);

/// `text` as JSON, for messages.
std::string quoted(std::string_view text);

}  // namespace millrace::tracking

#pragma once

#include <string>
#include <string_view>

namespace millrace::plugin {

/// The rules for names in manifests.

inline constexpr size_t kLongestPluginId = 64;

/// [a-z0-9][a-z0-9-]*, as ids are folder names too.
bool is_plugin_id(std::string_view text);

/// Names of providers that are chosen by name: [A-Za-z0-9][A-Za-z0-9_.-]*.
bool is_provider_name(std::string_view text);

bool is_capability_name(std::string_view text);
bool is_setting_name(std::string_view text);
bool is_variable_name(std::string_view text);

/// A variable's name, or the start of one followed by '*'. A lone '*' is refused: what is passed on is
/// declared.
bool is_variable_pattern(std::string_view text);

/// Identifiers separated by dots.
bool is_python_module(std::string_view text);

/// Whether the path is relative and leads, by its text, to something below where it starts.
bool stays_inside(std::string_view path);

/// The shortest text that reads back to the same number.
std::string number_text(double number);

}  // namespace millrace::plugin

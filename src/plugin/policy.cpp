#include "plugin/policy.h"

#include <algorithm>

#include "plugin/file_text.h"
#include "plugin/manifest_names.h"
#include "plugin/scheme.h"
#include "plugin/signature.h"
#include "plugin/toml_fields.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t kConfigurationLimit = 4 << 20;

// '*' stands for any run of characters.
bool matches(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  for (size_t from = star; from <= text.size(); ++from) {
    if (matches(pattern, text.substr(from))) return true;
  }
  return false;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, id); });
}

bool is_pattern(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '*', 'x');
  return is_plugin_id(plain);
}

void read_overrides(const TomlValue& table, const std::string& file, Policy& policy) {
  for (const TomlEntry& entry : table.table) {
    const auto name = parse_provided_name(entry.key);
    if (!name) {
      throw_at(file, entry.position,
               "'" + entry.key +
                   "' is no name to override: expected a kind and a scheme or name, like "
                   "\"artifact_repository:s3\". Kinds are: " +
                   all_kind_names() + ".");
    }
    if (entry.value.type != TomlValue::Type::kText || !is_plugin_id(entry.value.text)) {
      throw_at(file, entry.value.position, "The override of '" + entry.key + "' must be the id of a plugin.");
    }
    policy.overrides.insert_or_assign(*name, entry.value.text);
  }
}

// Settings keep the text that a number or truth was written as; their types are the manifest's affair.
Secret setting_text(const TomlEntry& entry, const std::string& file) {
  const TomlValue& value = entry.value;
  switch (value.type) {
    case TomlValue::Type::kText:
      return Secret(std::string_view(value.text));
    case TomlValue::Type::kInteger:
      return Secret(std::to_string(value.integer));
    case TomlValue::Type::kReal:
      return Secret(number_text(value.real));
    case TomlValue::Type::kBoolean:
      return Secret(std::string_view(value.boolean ? "true" : "false"));
    default:
      break;
  }
  throw_at(file, value.position,
           "'" + entry.key + "' must be a text, a number, true or false, not " +
               std::string(toml_type_name(value.type)) + ".");
}

void read_settings(const TomlValue& table, const std::string& file, Policy& policy) {
  for (const TomlEntry& plugin : table.table) {
    if (plugin.value.type != TomlValue::Type::kTable) {
      throw_at(file, plugin.position, "Settings are written below the plugin's id: [plugins.settings.ID].");
    }
    Settings& settings = policy.settings[plugin.key];
    for (const TomlEntry& entry : plugin.value.table) {
      settings.insert_or_assign(entry.key, setting_text(entry, file));
    }
  }
}

const TomlValue* inner_table(TomlFields& fields, const std::string& key) {
  const TomlValue* table = fields.any(key);
  if (table != nullptr && table->type != TomlValue::Type::kTable) {
    fields.fail(table->position, "'" + key + "' must be a table: [plugins." + key + "].");
  }
  return table;
}

// False when the key is not there.
bool read_patterns(TomlFields& fields, const std::string& key, std::vector<std::string>& ids) {
  const TomlValue* patterns = fields.texts(key);
  if (patterns == nullptr) return false;
  for (const TomlValue& pattern : patterns->list) {
    if (!is_pattern(pattern.text)) {
      fields.fail(pattern.position, "'" + pattern.text + "' is no plugin id; '*' may stand for any part.");
    }
    ids.push_back(pattern.text);
  }
  if (ids.empty()) fields.fail(patterns->position, "'" + key + "' must not be empty; leave it out instead.");
  return true;
}

void read_keys(TomlFields& fields, Policy& policy) {
  const TomlValue* keys = fields.texts("trusted-keys");
  if (keys != nullptr) {
    for (const TomlValue& key : keys->list) {
      if (!is_public_key(key.text)) {
        fields.fail(key.position, "This is no raw Ed25519 public key: expected 32 bytes in base64.");
      }
      policy.trusted_keys.push_back(key.text);
    }
  }
  const TomlValue* require = fields.boolean("require-signature");
  policy.require_signature = require != nullptr && require->boolean;
  if (policy.require_signature && policy.trusted_keys.empty()) {
    fields.fail(require->position, "'require-signature' needs 'trusted-keys', or no plugin could be used.");
  }
}

Policy policy_of(const TomlValue& table, const fs::path& file) {
  TomlFields fields(table, file.string(), "[plugins]");
  Policy policy;
  if (const TomlValue* folders = fields.texts("path")) {
    for (const TomlValue& folder : folders->list) {
      policy.path.push_back((fs::absolute(file).parent_path() / folder.text).lexically_normal());
    }
  }
  read_patterns(fields, "allow", policy.allow);
  read_patterns(fields, "in-process", policy.in_process);
  read_keys(fields, policy);
  if (const auto* overrides = inner_table(fields, "override"))
    read_overrides(*overrides, file.string(), policy);
  if (const auto* settings = inner_table(fields, "settings")) read_settings(*settings, file.string(), policy);
  fields.refuse_others();
  return policy;
}

}  // namespace

bool Policy::allows(const std::string& id) const {
  return allow.empty() || matches_any(allow, id);
}

bool Policy::runs_in_process(const std::string& id) const {
  return matches_any(in_process, id);
}

Policy read_policy(const fs::path& file) {
  if (file.empty()) return {};
  const TomlValue document = parse_toml(read_text_file(file, kConfigurationLimit), file.string());
  const TomlValue* table = document.find("plugins");
  return table == nullptr ? Policy{} : policy_of(*table, file);
}

std::optional<ProvidedName> parse_provided_name(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto kind = parse_kind(text.substr(0, colon));
  if (!kind) return std::nullopt;
  const std::string_view name = text.substr(colon + 1);
  if (!chosen_by_scheme(*kind)) {
    return is_provider_name(name) ? std::optional(ProvidedName{*kind, std::string(name)}) : std::nullopt;
  }
  if (!name.empty() && !is_scheme(name)) return std::nullopt;
  return ProvidedName{*kind, to_lower(name)};
}

}  // namespace millrace::plugin

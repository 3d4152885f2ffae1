#include "plugin/test_table.h"

#include <algorithm>

#include "plugin/manifest_names.h"
#include "plugin/scheme.h"
#include "plugin/toml_fields.h"

namespace millrace::plugin {
namespace {

using Texts = std::map<std::string, std::string>;

bool is_one_of(std::string_view name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string read_uri(TomlFields& fields, Kind kind, const std::vector<std::string>& names) {
  const TomlValue* uri = fields.text("uri");
  if (uri == nullptr) return "";
  if (!chosen_by_scheme(kind)) {
    fields.fail(uri->position,
                "A " + std::string(kind_name(kind)) + " is chosen by name: it has no 'uri' to be tested at.");
  }
  const std::string scheme = scheme_of(uri->text);
  if (!is_one_of(scheme, names) && !is_one_of(driver_part(scheme), names))
    fields.fail(uri->position,
                "'uri' must start with one of the schemes above, like '" + names.front() + ":{folder}'.");
  return uri->text;
}

// Settings are written as they are in the configuration file, and kept as the text that it would give.
std::string setting_text(const TomlFields& fields, const TomlEntry& entry) {
  const TomlValue& value = entry.value;
  switch (value.type) {
    case TomlValue::Type::kText:
      return value.text;
    case TomlValue::Type::kInteger:
      return std::to_string(value.integer);
    case TomlValue::Type::kReal:
      return number_text(value.real);
    case TomlValue::Type::kBoolean:
      return value.boolean ? "true" : "false";
    default:
      fields.fail(value.position, "'" + entry.key + "' must be a text, a number, true or false, not " +
                                      std::string(toml_type_name(value.type)) + ".");
  }
}

const std::vector<TomlEntry>& entries_of(TomlFields& fields, const std::string& key) {
  static const std::vector<TomlEntry> kNone;
  const TomlValue* table = fields.any(key);
  if (table == nullptr) return kNone;
  if (table->type != TomlValue::Type::kTable)
    fields.fail(table->position, "'" + key + "' must be a table, like { name = \"value\" }, not " +
                                     std::string(toml_type_name(table->type)) + ".");
  return table->table;
}

void check_name(const TomlFields& fields, const TomlEntry& entry) {
  if (is_setting_name(entry.key)) return;
  fields.fail(entry.position,
              "'" + entry.key + "' is no name: letters, digits, '_' and '-', the first a letter.");
}

Texts read_settings(TomlFields& fields) {
  Texts settings;
  for (const TomlEntry& entry : entries_of(fields, "settings")) {
    check_name(fields, entry);
    settings.emplace(entry.key, setting_text(fields, entry));
  }
  return settings;
}

Texts read_samples(TomlFields& fields) {
  Texts samples;
  for (const TomlEntry& entry : entries_of(fields, "samples")) {
    check_name(fields, entry);
    if (entry.value.type != TomlValue::Type::kText)
      fields.fail(entry.value.position, "The sample '" + entry.key + "' must be a text in quotes, not " +
                                            std::string(toml_type_name(entry.value.type)) + ".");
    samples.emplace(entry.key, entry.value.text);
  }
  return samples;
}

std::vector<std::string> read_command(TomlFields& fields, const std::string& key) {
  const TomlValue* words = fields.texts(key);
  if (words == nullptr) return {};
  if (words->list.empty()) fields.fail(words->position, "'" + key + "' must name a program.");
  std::vector<std::string> command;
  for (const TomlValue& word : words->list) command.push_back(word.text);
  return command;
}

// What is denied has to be permitted again within the same check.
void require_way_back(TomlFields& fields, const TestTable& test) {
  if (!test.permit.empty()) return;
  for (const char* key : {"deny-space", "deny-access"}) {
    if (const TomlValue* denial = fields.any(key))
      fields.fail(denial->position, std::string("'") + key + "' needs 'permit' beside it, which undoes it.");
  }
}

}  // namespace

TestTable read_test_table(const TomlValue& table, const std::string& file, Kind kind,
                          const std::vector<std::string>& names) {
  TomlFields fields(table, file, "[provides.test]");
  TestTable test;
  test.uri = read_uri(fields, kind, names);
  test.settings = read_settings(fields);
  test.samples = read_samples(fields);
  if (const TomlValue* in_memory = fields.boolean("in-memory")) test.in_memory = in_memory->boolean;
  test.deny_space = read_command(fields, "deny-space");
  test.deny_access = read_command(fields, "deny-access");
  test.permit = read_command(fields, "permit");
  fields.refuse_others();
  require_way_back(fields, test);
  return test;
}

}  // namespace millrace::plugin

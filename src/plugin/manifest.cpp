#include "plugin/manifest.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "plugin/file_text.h"
#include "plugin/manifest_names.h"
#include "plugin/scheme.h"
#include "plugin/toml_fields.h"
#include "plugin/version.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLongestTimeout = 86'400;          // a day
constexpr int64_t kLargestMemoryLimit = 16'777'216;  // 16 TiB in MiB

std::vector<std::string> elements(const TomlValue* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const TomlValue& element : list->list) texts.push_back(element.text);
  return texts;
}

std::string text_or(const TomlValue* value, const std::string& fallback) {
  return value == nullptr ? fallback : value->text;
}

// Checks one after another against a rule; the first that breaks it is a fault at its place.
void check_each(const TomlFields& fields, const TomlValue* list, bool (*rule)(std::string_view),
                const std::string& expected) {
  if (list == nullptr) return;
  for (const TomlValue& element : list->list) {
    if (!rule(element.text)) fields.fail(element.position, "'" + element.text + "' is no " + expected + ".");
  }
}

// The protocol as far as it can be read, so that faults in the manifest for another one are told as such.
ProtocolVersion glance_at_protocol(TomlFields& fields) {
  const TomlValue* text = fields.any("protocol");
  if (text == nullptr || text->type != TomlValue::Type::kText) return kHostProtocol;
  return parse_protocol_version(text->text).value_or(kHostProtocol);
}

void read_protocol(TomlFields& fields, Manifest& manifest) {
  const TomlValue& protocol = fields.required_text("protocol");
  const auto parsed = parse_protocol_version(protocol.text);
  if (!parsed) {
    fields.fail(protocol.position,
                "'" + protocol.text + "' is no protocol version: expected major and minor like 1.0.");
  }
  manifest.protocol = *parsed;
}

void read_identity(TomlFields& fields, Manifest& manifest) {
  const TomlValue& id = fields.required_text("id");
  if (!is_plugin_id(id.text)) {
    fields.fail(id.position, "'" + id.text +
                                 "' is no plugin id: lower case letters, digits and '-', the first no '-', " +
                                 std::to_string(kLongestPluginId) + " characters at most.");
  }
  const TomlValue& version = fields.required_text("version");
  if (!is_semantic_version(version.text)) {
    fields.fail(version.position,
                "'" + version.text + "' is no semantic version: expected three numbers like 1.2.0.");
  }
  read_protocol(fields, manifest);
  manifest.id = id.text;
  manifest.version = version.text;
  manifest.license = fields.required_text("license").text;
  manifest.description = fields.required_text("description").text;
  manifest.homepage = text_or(fields.text("homepage"), "");
  fields.refuse_others();
}

void check_program(const TomlFields& fields, const TomlValue& program) {
  if (program.text.starts_with('/') || program.text.find('/') == std::string::npos) return;
  if (stays_inside(program.text)) return;
  fields.fail(program.position, "'" + program.text +
                                    "' leaves the plugin's folder: expected a path below it, an absolute "
                                    "path or a bare name on PATH.");
}

void read_ways_to_run(TomlFields& fields, const TomlValue& table, RunSettings& run) {
  const TomlValue* command = fields.texts("command");
  const TomlValue* library = fields.text("library");
  const TomlValue* python = fields.text("python");
  const TomlValue* interpreter = fields.text("interpreter");
  if (command != nullptr && command->list.empty()) {
    fields.fail(command->position, "'command' must name a program, like [\"./plugin\"].");
  }
  if (command == nullptr && library == nullptr && python == nullptr) {
    fields.fail(table.position, "[run] must have one of command, library and python.");
  }
  if (command != nullptr) check_program(fields, command->list.front());
  if (library != nullptr && !stays_inside(library->text)) {
    fields.fail(library->position,
                "'" + library->text + "' is no file below the plugin's folder: expected a relative path.");
  }
  if (python != nullptr && !is_python_module(python->text)) {
    fields.fail(python->position, "'" + python->text + "' is no Python module name, like 'acme.plugin'.");
  }
  if (interpreter != nullptr) {
    if (interpreter->text.empty()) fields.fail(interpreter->position, "'interpreter' must not be empty.");
    if (python == nullptr) fields.fail(interpreter->position, "'interpreter' needs 'python' beside it.");
    check_program(fields, *interpreter);
  }
  run.command = elements(command);
  run.library = text_or(library, "");
  run.python = text_or(python, "");
  run.interpreter = text_or(interpreter, run.interpreter);
}

void read_run(const TomlValue& table, const std::string& file, RunSettings& run) {
  TomlFields fields(table, file, "[run]");
  read_ways_to_run(fields, table, run);
  const TomlValue* environment = fields.texts("environment");
  check_each(fields, environment, is_variable_pattern,
             "name of an environment variable; it may end with '*' for any rest");
  run.environment = elements(environment);
  if (const auto* limit = fields.integer("memory_limit_mb", 16, kLargestMemoryLimit)) {
    run.memory_limit_mb = static_cast<uint64_t>(limit->integer);
  }
  if (const auto* limit = fields.integer("start_timeout_seconds", 1, kLongestTimeout)) {
    run.start_timeout = std::chrono::seconds(limit->integer);
  }
  if (const auto* limit = fields.integer("call_timeout_seconds", 1, kLongestTimeout)) {
    run.call_timeout = std::chrono::seconds(limit->integer);
  }
  fields.refuse_others();
}

Kind read_kind(TomlFields& fields) {
  const TomlValue& text = fields.required_text("kind");
  if (const auto kind = parse_kind(text.text)) return *kind;
  fields.fail(text.position, "'" + text.text + "' is no kind of plugin. Kinds are: " + all_kind_names() +
                                 "; MLflow's group names, like mlflow.tracking_store, mean the same.");
}

// The list under `key`, which must be there, while `other` must not.
const TomlValue& read_claims(TomlFields& fields, Kind kind, const std::string& key,
                             const std::string& other) {
  const std::string by = "A " + std::string(kind_name(kind)) + " is chosen by " +
                         (key == "schemes" ? "the scheme of a URI" : "name");
  if (const TomlValue* wrong = fields.texts(other)) {
    fields.fail(wrong->position, by + ": expected '" + key + "' instead of '" + other + "'.");
  }
  const TomlValue* claims = fields.texts(key);
  if (claims == nullptr) fields.fail_missing(key, "a list of texts. " + by);
  if (claims->list.empty()) fields.fail(claims->position, "'" + key + "' must not be empty. " + by + ".");
  return *claims;
}

using Claimed = std::set<std::pair<Kind, std::string>>;

void read_names(TomlFields& fields, Provision& provision, Claimed& claimed) {
  const bool by_scheme = chosen_by_scheme(provision.kind);
  const TomlValue& claims = by_scheme ? read_claims(fields, provision.kind, "schemes", "names")
                                      : read_claims(fields, provision.kind, "names", "schemes");
  if (by_scheme) {
    check_each(fields, &claims, is_scheme,
               "scheme: a letter, then letters, digits, '+', '-' and '.', without ':' and two characters at "
               "least");
  } else {
    check_each(fields, &claims, is_provider_name,
               "name: letters, digits, '_', '-' and '.', the first a letter or digit");
  }
  for (const TomlValue& claim : claims.list) {
    std::string name = by_scheme ? to_lower(claim.text) : claim.text;
    if (!claimed.emplace(provision.kind, name).second) {
      fields.fail(claim.position,
                  "'" + name + "' is provided twice as " + std::string(kind_name(provision.kind)) + ".");
    }
    provision.names.push_back(std::move(name));
  }
}

void read_provision(const TomlValue& table, const std::string& file, Claimed& claimed, Manifest& manifest) {
  TomlFields fields(table, file, "[[provides]]");
  Provision provision;
  provision.kind = read_kind(fields);
  read_names(fields, provision, claimed);
  const TomlValue* capabilities = fields.texts("capabilities");
  check_each(fields, capabilities, is_capability_name,
             "capability: lower case letters, digits, '_' and '-', the first a letter");
  provision.capabilities = elements(capabilities);
  const TomlValue* test = fields.any("test");
  manifest.tests.push_back(test == nullptr ? TestTable()
                                           : read_test_table(*test, file, provision.kind, provision.names));
  fields.refuse_others();
  manifest.provides.push_back(std::move(provision));
}

void read_provisions(TomlFields& root, const std::string& file, Manifest& manifest) {
  const TomlValue* list = root.any("provides");
  if (list == nullptr) root.fail_missing("provides", "a [[provides]] table for each kind that is provided");
  if (list->type != TomlValue::Type::kList) {
    root.fail(list->position, "'provides' must be written in double brackets: [[provides]].");
  }
  if (list->list.empty()) root.fail(list->position, "'provides' must not be empty.");
  Claimed claimed;
  for (const TomlValue& table : list->list) read_provision(table, file, claimed, manifest);
}

ValueType read_value_type(TomlFields& fields) {
  const TomlValue& text = fields.required_text("type");
  for (const auto type : {ValueType::kString, ValueType::kInteger, ValueType::kNumber, ValueType::kBoolean}) {
    if (text.text == value_type_name(type)) return type;
  }
  fields.fail(text.position,
              "'" + text.text + "' is no type of setting: expected string, integer, number or boolean.");
}

std::string default_text(const TomlFields& fields, const TomlValue& value, ValueType type) {
  using Type = TomlValue::Type;
  const bool whole = value.type == Type::kInteger;
  if (type == ValueType::kString && value.type == Type::kText) return value.text;
  if (type == ValueType::kBoolean && value.type == Type::kBoolean) return value.boolean ? "true" : "false";
  if ((type == ValueType::kInteger || type == ValueType::kNumber) && whole) {
    return std::to_string(value.integer);
  }
  if (type == ValueType::kNumber && value.type == Type::kReal) return number_text(value.real);
  fields.fail(value.position, "'default' must be of the type " + std::string(value_type_name(type)) +
                                  ", not " + std::string(toml_type_name(value.type)) + ".");
}

void read_default(TomlFields& fields, ConfigurationField& field) {
  const TomlValue* value = fields.any("default");
  if (value == nullptr) return;
  if (field.secret) fields.fail(value->position, "A secret has no default: manifests are not secret.");
  field.default_value = default_text(fields, *value, field.type);
}

ConfigurationField read_setting(const TomlEntry& entry, const std::string& file) {
  TomlFields fields(entry.value, file, "[configuration." + entry.key + "]");
  if (!is_setting_name(entry.key)) {
    fields.fail(entry.position, "'" + entry.key +
                                    "' is no name of a setting: letters, digits, '_' and '-', the first a "
                                    "letter.");
  }
  ConfigurationField field;
  field.name = entry.key;
  field.type = read_value_type(fields);
  if (const TomlValue* required = fields.boolean("required")) field.required = required->boolean;
  if (const TomlValue* secret = fields.boolean("secret")) field.secret = secret->boolean;
  read_default(fields, field);
  field.description = text_or(fields.text("description"), "");
  if (const TomlValue* variable = fields.text("environment")) {
    if (!is_variable_name(variable->text)) {
      fields.fail(variable->position, "'" + variable->text + "' is no name of an environment variable.");
    }
    field.environment = variable->text;
  }
  fields.refuse_others();
  return field;
}

void read_configuration(TomlFields& root, const std::string& file, Manifest& manifest) {
  const TomlValue* table = root.any("configuration");
  if (table == nullptr) return;
  if (table->type != TomlValue::Type::kTable) {
    root.fail(table->position, "'configuration' must be tables like [configuration.endpoint].");
  }
  for (const TomlEntry& entry : table->table) manifest.configuration.push_back(read_setting(entry, file));
}

const TomlValue& required_table(TomlFields& root, const std::string& key) {
  const TomlValue* table = root.any(key);
  if (table == nullptr) root.fail_missing(key, "a table [" + key + "]");
  return *table;
}

}  // namespace

bool host_speaks(ProtocolVersion needed) {
  return needed.major == kHostProtocol.major && needed.minor <= kHostProtocol.minor;
}

std::string_view value_type_name(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return "string";
    case ValueType::kInteger:
      return "integer";
    case ValueType::kNumber:
      return "number";
    case ValueType::kBoolean:
      return "boolean";
  }
  return "";
}

Manifest parse_manifest(std::string_view text, const fs::path& file) {
  const std::string name = file.string();
  const TomlValue document = parse_toml(text, name);
  TomlFields root(document, name, "The manifest");
  Manifest manifest;
  manifest.folder = fs::absolute(file).lexically_normal().parent_path();
  TomlFields identity(required_table(root, "plugin"), name, "[plugin]");
  const ProtocolVersion needed = glance_at_protocol(identity);
  try {
    read_identity(identity, manifest);
    read_run(required_table(root, "run"), name, manifest.run);
    read_provisions(root, name, manifest);
    read_configuration(root, name, manifest);
    root.refuse_others();
  } catch (const Error& fault) {
    if (host_speaks(needed)) throw;
    throw Error(fault.code(), std::string(fault.what()) + " The plugin needs protocol " + needed.to_string() +
                                  ", this host speaks " + kHostProtocol.to_string() +
                                  ": what is unknown here may be right for another Millrace.");
  }
  return manifest;
}

Manifest read_manifest(const fs::path& folder_or_file) {
  std::error_code ignored;
  const fs::path file =
      fs::is_directory(folder_or_file, ignored) ? folder_or_file / kManifestName : folder_or_file;
  return parse_manifest(read_text_file(file, kManifestLimit), file);
}

std::string resolved_program(const Manifest& manifest, const std::string& program) {
  const bool bare = program.find('/') == std::string::npos;
  if (bare || program.starts_with('/')) return program;
  return (manifest.folder / program).lexically_normal().string();
}

}  // namespace millrace::plugin

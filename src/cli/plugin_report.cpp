#include "cli/plugin_report.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "cli/json_object.h"

namespace millrace::cli {
namespace {

using plugin::CatalogEntry;
using plugin::Claim;
using plugin::ConfigurationField;
using plugin::Manifest;

std::string shown_name(const Claim& claim) {
  return claim.name.name.empty() ? "(plain paths)" : claim.name.name;
}

std::string shown_provider(const Claim& claim) {
  return claim.provider.empty() ? "built in" : claim.provider;
}

// Columns as wide as their widest cell; the last one is not padded.
void print_table(const std::vector<std::vector<std::string>>& rows, std::ostream& out) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

void print_claims(const plugin::Catalog& catalog, std::ostream& out) {
  std::vector<std::vector<std::string>> rows{{"KIND", "NAME", "PROVIDED BY", "OUTCOME", "WHY"}};
  for (const Claim& claim : catalog.claims()) {
    rows.push_back({std::string(kind_name(claim.name.kind)), shown_name(claim), shown_provider(claim),
                    std::string(outcome_name(claim.outcome)), claim.reason});
  }
  print_table(rows, out);
}

void print_entries(const plugin::Catalog& catalog, std::ostream& out) {
  if (catalog.entries().empty()) {
    out << "\nNo plugins are installed.\n";
    return;
  }
  out << "\n";
  std::vector<std::vector<std::string>> rows{{"PLUGIN", "VERSION", "STANDING", "FOLDER", "WHY"}};
  for (const CatalogEntry& entry : catalog.entries()) {
    rows.push_back({entry.summary.id, entry.summary.version.empty() ? "?" : entry.summary.version,
                    std::string(standing_name(entry.standing)), entry.summary.folder.string(), entry.reason});
  }
  print_table(rows, out);
}

std::string claim_json(const Claim& claim) {
  JsonObject object;
  object.text("kind", kind_name(claim.name.kind)).text("name", claim.name.name);
  object.truth("built_in", claim.provider.empty());
  if (!claim.provider.empty()) object.text("plugin", claim.provider).text("folder", claim.folder.string());
  object.texts("capabilities", claim.capabilities).text("outcome", outcome_name(claim.outcome));
  return object.text("reason", claim.reason).str();
}

std::string entry_json(const CatalogEntry& entry) {
  JsonObject object;
  object.text("id", entry.summary.id);
  const bool known = entry.standing != plugin::Standing::kBroken;
  if (known)
    object.text("version", entry.summary.version).text("protocol", entry.summary.protocol.to_string());
  object.text("folder", entry.summary.folder.string()).text("standing", standing_name(entry.standing));
  return object.text("reason", entry.reason).str();
}

std::string folder_json(const std::filesystem::path& folder) {
  return JsonObject().text("folder", folder.string()).truth("exists", std::filesystem::exists(folder)).str();
}

std::vector<Claim> claims_of(const PluginInfo& info) {
  std::vector<Claim> own;
  for (const Claim& claim : info.catalog.claims()) {
    if (claim.provider == info.manifest.id) own.push_back(claim);
  }
  return own;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : " ").append(text);
  return all;
}

void print_line(std::ostream& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out << std::left << std::setw(14) << name << value << "\n";
}

void print_identity(const PluginInfo& info, std::ostream& out) {
  const Manifest& manifest = info.manifest;
  out << manifest.id << " " << manifest.version << ": " << manifest.description << "\n";
  print_line(out, "folder", manifest.folder.string());
  print_line(out, "licence", manifest.license);
  print_line(out, "homepage", manifest.homepage);
  print_line(out, "protocol", manifest.protocol.to_string());
  const std::string standing(standing_name(info.entry.standing));
  print_line(out, "standing", info.entry.reason.empty() ? standing : standing + ": " + info.entry.reason);
  print_line(out, "command", joined(manifest.run.command));
  print_line(out, "library", manifest.run.library);
  print_line(out, "python", manifest.run.python);
  print_line(out, "passed on", joined(manifest.run.environment));
}

void print_settings(const Manifest& manifest, std::ostream& out) {
  if (manifest.configuration.empty()) return;
  out << "\nSettings, below [plugins.settings." << manifest.id << "] in the configuration file:\n";
  std::vector<std::vector<std::string>> rows{{"NAME", "TYPE", "DEFAULT", "VARIABLE", "MEANING"}};
  for (const ConfigurationField& field : manifest.configuration) {
    std::string type(value_type_name(field.type));
    if (field.secret) type += ", secret";
    if (field.required) type += ", required";
    rows.push_back(
        {field.name, type, field.default_value.value_or(""), field.environment, field.description});
  }
  print_table(rows, out);
}

std::string run_json(const plugin::RunSettings& run) {
  JsonObject object;
  object.texts("command", run.command).text("library", run.library).text("python", run.python);
  object.text("interpreter", run.interpreter).texts("environment", run.environment);
  if (run.memory_limit_mb) object.number("memory_limit_mb", static_cast<int64_t>(*run.memory_limit_mb));
  object.number("start_timeout_seconds", run.start_timeout.count());
  return object.number("call_timeout_seconds", run.call_timeout.count()).str();
}

std::string setting_json(const ConfigurationField& field) {
  JsonObject object;
  object.text("name", field.name).text("type", value_type_name(field.type));
  object.truth("required", field.required).truth("secret", field.secret);
  if (field.default_value) object.text("default", *field.default_value);
  return object.text("environment", field.environment).text("description", field.description).str();
}

}  // namespace

void print_text(const PluginList& list, std::ostream& out) {
  print_claims(list.catalog, out);
  print_entries(list.catalog, out);
  out << "\nSearched, the first first:\n";
  for (const auto& folder : list.search_path) {
    out << "  " << folder.string() << (std::filesystem::exists(folder) ? "" : " (not there)") << "\n";
  }
  if (list.catalog.problems().empty()) return;
  out << "\nTo be decided before a server can start:\n";
  for (const std::string& problem : list.catalog.problems()) out << "  " << problem << "\n";
}

void print_json(const PluginList& list, std::ostream& out) {
  std::vector<std::string> claims;
  for (const Claim& claim : list.catalog.claims()) claims.push_back(claim_json(claim));
  std::vector<std::string> entries;
  for (const CatalogEntry& entry : list.catalog.entries()) entries.push_back(entry_json(entry));
  std::vector<std::string> folders;
  for (const auto& folder : list.search_path) folders.push_back(folder_json(folder));
  JsonObject object;
  object.json("provides", json_list(claims)).json("plugins", json_list(entries));
  object.json("search_path", json_list(folders)).texts("problems", list.catalog.problems());
  out << object.str() << "\n";
}

void print_text(const PluginInfo& info, std::ostream& out) {
  print_identity(info, out);
  out << "\n";
  std::vector<std::vector<std::string>> rows{{"KIND", "NAME", "OUTCOME", "CAPABILITIES", "WHY"}};
  for (const Claim& claim : claims_of(info)) {
    rows.push_back({std::string(kind_name(claim.name.kind)), shown_name(claim),
                    std::string(outcome_name(claim.outcome)), joined(claim.capabilities), claim.reason});
  }
  print_table(rows, out);
  print_settings(info.manifest, out);
}

void print_json(const PluginInfo& info, std::ostream& out) {
  const Manifest& manifest = info.manifest;
  std::vector<std::string> claims;
  for (const Claim& claim : claims_of(info)) claims.push_back(claim_json(claim));
  std::vector<std::string> settings;
  for (const ConfigurationField& field : manifest.configuration) settings.push_back(setting_json(field));
  JsonObject object;
  object.text("id", manifest.id).text("version", manifest.version);
  object.text("protocol", manifest.protocol.to_string()).text("license", manifest.license);
  object.text("description", manifest.description).text("homepage", manifest.homepage);
  object.text("folder", manifest.folder.string()).text("standing", standing_name(info.entry.standing));
  object.text("reason", info.entry.reason).json("run", run_json(manifest.run));
  object.json("provides", json_list(claims)).json("configuration", json_list(settings));
  out << object.str() << "\n";
}

}  // namespace millrace::cli

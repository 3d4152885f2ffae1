#include "cli/plugin_doctor.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "base/error.h"
#include "cli/isolated_trial.h"
#include "cli/plugin_examination.h"
#include "plugin/file_text.h"
#include "plugin/scheme.h"
#include "plugin/toml_document.h"
#include "server/built_ins.h"

namespace millrace::cli {
namespace {

using plugin::CatalogEntry;

// Shorter texts are found in words that are no secret.
constexpr size_t kShortestSecret = 4;

// What the server of the configuration file would open with plugins.
std::vector<std::string> configured_uris(const std::filesystem::path& file) {
  std::vector<std::string> uris;
  if (file.empty()) return uris;
  const plugin::TomlValue document =
      plugin::parse_toml(plugin::read_text_file(file, plugin::kManifestLimit), file.string());
  const plugin::TomlValue* server = document.find("server");
  for (const char* key :
       {"backend-store-uri", "registry-store-uri", "default-artifact-root", "artifacts-destination"}) {
    const plugin::TomlValue* value = server == nullptr ? nullptr : server->find(key);
    if (value != nullptr && value->type == plugin::TomlValue::Type::kText) uris.push_back(value->text);
  }
  return uris;
}

std::vector<std::string> uris_of_scheme(const std::vector<std::string>& uris, const std::string& scheme) {
  std::vector<std::string> found;
  for (const std::string& uri : uris) {
    const std::string own = plugin::scheme_of(uri);
    const bool fits = own == scheme || plugin::driver_part(own) == scheme;
    if (fits && std::find(found.begin(), found.end(), uri) == found.end()) found.push_back(uri);
  }
  return found;
}

// The examination of one plugin after another, with what they share.
class Doctor {
 public:
  Doctor(const DoctorOptions& options, const PluginContext& context)
      : options_(options),
        context_(context),
        catalog_(load_catalog(server::built_in_names(), context.policy, context.environment)),
        uris_(configured_uris(options.configuration_file)) {
    uris_.insert(uris_.begin(), options.uris.begin(), options.uris.end());
  }

  std::vector<Diagnosis> examine() const {
    const std::vector<const CatalogEntry*> chosen = choose();
    refuse_strange_uris(chosen);
    std::vector<Diagnosis> diagnoses;
    for (const CatalogEntry* entry : chosen) diagnoses.push_back(examine(*entry));
    return diagnoses;
  }

 private:
  std::vector<const CatalogEntry*> choose() const {
    std::vector<const CatalogEntry*> chosen;
    for (const std::string& id : options_.ids) {
      const CatalogEntry* entry = catalog_.find(id);
      if (entry == nullptr) throw_not_found("There is no plugin '" + id + "'. See `millrace plugin list`.");
      if (std::find(chosen.begin(), chosen.end(), entry) == chosen.end()) chosen.push_back(entry);
    }
    if (!options_.ids.empty()) return chosen;
    for (const CatalogEntry& entry : catalog_.entries()) chosen.push_back(&entry);
    return chosen;
  }

  // A URI may hold a credential: its scheme alone is told.
  void refuse_strange_uris(const std::vector<const CatalogEntry*>& chosen) const {
    std::set<std::string> schemes;
    for (const CatalogEntry* entry : chosen) {
      for (const plugin::Provision& provision : entry->summary.provides) {
        if (chosen_by_scheme(provision.kind)) schemes.insert(provision.names.begin(), provision.names.end());
      }
    }
    for (const std::string& uri : options_.uris) {
      const std::string scheme = plugin::scheme_of(uri);
      if (schemes.contains(scheme) || schemes.contains(std::string(plugin::driver_part(scheme)))) continue;
      throw_invalid_parameter("None of these plugins provides the scheme '" + scheme + "' of --uri.");
    }
  }

  Diagnosis examine(const CatalogEntry& entry) const {
    Diagnosis diagnosis{entry.summary.id, entry.summary.version, entry.summary.folder,
                        examine_standing(entry, catalog_)};
    if (entry.standing != plugin::Standing::kUsable) return diagnosis;
    try {
      examine(plugin::read_manifest(entry.summary.folder), diagnosis);
    } catch (const Error& fault) {
      diagnosis.findings.push_back({FindingOutcome::kFailed, "examination", fault.what(), {}});
    }
    return diagnosis;
  }

  void examine(const plugin::Manifest& manifest, Diagnosis& diagnosis) const {
    const DoctorFinding files =
        examine_files(verify_plugin(manifest.folder, context_.policy), context_.policy);
    diagnosis.findings.push_back(files);
    const plugin::Settings settings = settings_of(manifest.id);
    const auto about_settings = examine_settings(manifest, settings, context_.environment);
    diagnosis.findings.insert(diagnosis.findings.end(), about_settings.begin(), about_settings.end());
    if (files.outcome == FindingOutcome::kFailed) {
      diagnosis.findings.push_back(
          {FindingOutcome::kSkipped, "start", "not started: its files are not what they should be", {}});
      return;
    }
    try_out(manifest, settings, diagnosis);
  }

  plugin::Settings settings_of(const std::string& id) const {
    const auto found = context_.policy.settings.find(id);
    return found == context_.policy.settings.end() ? plugin::Settings() : found->second;
  }

  void try_out(const plugin::Manifest& manifest, const plugin::Settings& settings,
               Diagnosis& diagnosis) const {
    PluginTrial trial;
    trial.manifest = manifest;
    trial.in_process = context_.policy.runs_in_process(manifest.id);
    trial.limit = options_.limit;
    std::vector<DoctorFinding> skipped;
    if (find_configuration_faults(manifest, settings, context_.environment).empty()) {
      const auto configuration = resolve_configuration(manifest, settings, context_.environment).reveal_all();
      trial.openings = openings(manifest, configuration, skipped);
    } else {
      skipped.push_back({FindingOutcome::kSkipped, "open", "not opened: its settings have faults", {}});
    }
    std::vector<DoctorFinding> findings = try_plugin_apart(trial);
    findings.insert(findings.end(), skipped.begin(), skipped.end());
    hide_secrets(manifest, settings, findings);
    diagnosis.findings.insert(diagnosis.findings.end(), findings.begin(), findings.end());
  }

  std::vector<plugin::Opening> openings(const plugin::Manifest& manifest,
                                        const std::map<std::string, std::string>& configuration,
                                        std::vector<DoctorFinding>& skipped) const {
    std::vector<plugin::Opening> all;
    for (const plugin::Provision& provision : manifest.provides) {
      for (const std::string& name : provision.names) {
        if (!chosen_by_scheme(provision.kind)) {
          all.push_back({provision.kind, name, "", configuration});
          continue;
        }
        const std::vector<std::string> uris = uris_of_scheme(uris_, name);
        for (const std::string& uri : uris) all.push_back({provision.kind, name, uri, configuration});
        if (uris.empty()) skipped.push_back(not_opened(provision.kind, name));
      }
    }
    return all;
  }

  static DoctorFinding not_opened(plugin::Kind kind, const std::string& name) {
    return {FindingOutcome::kSkipped,
            "open " + std::string(kind_name(kind)) + ":" + name,
            "not opened: no URI of it is known. Give one with --uri " + name +
                ":..., or with --config the file of a " + "server that uses one",
            {}};
  }

  // A plugin may repeat in its messages what it was given.
  void hide_secrets(const plugin::Manifest& manifest, const plugin::Settings& settings,
                    std::vector<DoctorFinding>& findings) const {
    for (const plugin::ConfigurationField& field : manifest.configuration) {
      if (!field.secret) continue;
      const auto set = settings.find(field.name);
      if (set != settings.end()) hide(set->second.reveal(), findings);
      const auto variable =
          field.environment.empty() ? std::nullopt : context_.environment(field.environment);
      if (variable) hide(*variable, findings);
    }
  }

  static void hide(std::string_view secret, std::vector<DoctorFinding>& findings) {
    if (secret.size() < kShortestSecret) return;
    for (DoctorFinding& finding : findings) {
      for (std::string* text : {&finding.subject, &finding.message}) {
        for (size_t at = 0; (at = text->find(secret, at)) != std::string::npos; at += 3)
          text->replace(at, secret.size(), "***");
      }
    }
  }

  const DoctorOptions& options_;
  const PluginContext& context_;
  const plugin::Catalog catalog_;
  std::vector<std::string> uris_;
};

}  // namespace

int examine_plugins(const DoctorOptions& options, const PluginContext& context) {
  const std::vector<Diagnosis> diagnoses = Doctor(options, context).examine();
  options.json ? print_json(diagnoses, context.out) : print_text(diagnoses, context.out);
  const bool failed = std::any_of(diagnoses.begin(), diagnoses.end(), [](const Diagnosis& each) {
    return each.outcome() == FindingOutcome::kFailed;
  });
  return failed ? 1 : 0;
}

}  // namespace millrace::cli

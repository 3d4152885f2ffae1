#include "plugin/catalog.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "plugin/known_providers.h"
#include "plugin/scheme.h"
#include "plugin/search_path.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string describe(const ManifestSummary& plugin) {
  return in_quotes(plugin.id) + " " + plugin.version + " in " + plugin.folder.string();
}

std::string override_line(const ProvidedName& name, const std::string& id) {
  return "\"" + name.to_string() + "\" = \"" + id + "\" below [plugins.override] in the configuration file";
}

// Judges a plugin by itself; that another one stands before it is judged by the caller.
CatalogEntry judge(FoundManifest found, const Policy& policy) {
  CatalogEntry entry{std::move(found.summary), Standing::kUsable, ""};
  if (!found.fault.empty()) {
    entry.standing = Standing::kBroken;
    entry.reason = std::move(found.fault);
  } else if (!policy.allows(entry.summary.id)) {
    entry.standing = Standing::kNotAllowed;
    entry.reason = "no pattern of 'allow' in [plugins] fits " + in_quotes(entry.summary.id);
  } else if (!host_speaks(entry.summary.protocol)) {
    entry.standing = Standing::kOtherProtocol;
    entry.reason = "it needs plugin protocol " + entry.summary.protocol.to_string() + ", this host speaks " +
                   kHostProtocol.to_string();
  }
  return entry;
}

std::string named(const ProvidedName& name) {
  const std::string kind(kind_name(name.kind));
  if (name.name.empty()) return kind + " for plain paths";
  return kind + (chosen_by_scheme(name.kind) ? " for the scheme " : " named ") + in_quotes(name.name);
}

void bind(std::vector<Claim>& rivals, const std::string& id) {
  for (Claim& claim : rivals) {
    const bool bound = claim.provider == id;
    claim.outcome = bound ? Outcome::kWins : Outcome::kLoses;
    claim.reason = "the operator bound the name to " + (bound ? "it" : in_quotes(id));
  }
}

// A built-in keeps its name; each rival is told how the operator can decide otherwise.
void keep_built_in(const ProvidedName& name, std::vector<Claim>& rivals) {
  for (Claim& claim : rivals) {
    if (claim.provider.empty()) continue;
    claim.outcome = Outcome::kLoses;
    claim.reason =
        "the built-in keeps the name; to use this plugin write " + override_line(name, claim.provider);
  }
}

std::string collide(const ProvidedName& name, std::vector<Claim>& rivals) {
  std::string who;
  for (const Claim& claim : rivals) {
    who.append(who.empty() ? "" : " and ").append(in_quotes(claim.provider)).append(" in ");
    who += claim.folder.string();
  }
  std::string how = "Decide by " + override_line(name, rivals.front().provider) + " (or \"" +
                    rivals.back().provider + "\"), by 'allow' in [plugins], or by removing one.";
  for (Claim& claim : rivals) {
    claim.outcome = Outcome::kCollides;
    claim.reason = "more than one plugin claims the name. " + how;
  }
  return "More than one plugin provides the " + named(name) + ": " + who + ". " + how;
}

// Whether a text without a scheme may be repeated in a message: it is a word or a plain path, not something
// with a password in it.
bool is_harmless(std::string_view text) {
  return text.size() <= 100 && text.find_first_of("@?&=\n") == std::string_view::npos;
}

}  // namespace

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::kUsable:
      return "usable";
    case Standing::kBroken:
      return "broken";
    case Standing::kShadowed:
      return "shadowed";
    case Standing::kNotAllowed:
      return "not allowed";
    case Standing::kOtherProtocol:
      return "other protocol";
  }
  return "";
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kWins:
      return "wins";
    case Outcome::kLoses:
      return "loses";
    case Outcome::kCollides:
      return "collides";
  }
  return "";
}

Catalog::Catalog(const std::vector<ProvidedName>& built_ins, const Policy& policy,
                 std::vector<FoundManifest> found) {
  judge_entries(policy, std::move(found));
  Claims claims = collect_claims(built_ins);
  // A name that only the operator speaks of is bound to someone who does not provide it.
  for (const auto& [name, id] : policy.overrides) claims.try_emplace(name);
  for (auto& [name, rivals] : claims) decide(policy, name, std::move(rivals));
}

// A broken manifest shadows too: falling back to another version of the plugin would go unnoticed.
void Catalog::judge_entries(const Policy& policy, std::vector<FoundManifest> found) {
  std::map<std::string, fs::path> first;
  for (FoundManifest& each : found) {
    CatalogEntry entry = judge(std::move(each), policy);
    const auto [earlier, is_first] = first.emplace(entry.summary.id, entry.summary.folder);
    if (!is_first && entry.standing != Standing::kBroken) {
      entry.standing = Standing::kShadowed;
      entry.reason = "the plugin of this id in " + earlier->second.string() + " stands before it";
    }
    entries_.push_back(std::move(entry));
  }
}

Catalog::Claims Catalog::collect_claims(const std::vector<ProvidedName>& built_ins) const {
  Claims claims;
  for (const ProvidedName& name : built_ins) claims[name].push_back({name, "", {}, {}, Outcome::kWins, ""});
  for (const CatalogEntry& entry : entries_) {
    if (entry.standing != Standing::kUsable) continue;
    for (const Provision& provision : entry.summary.provides) {
      for (const std::string& text : provision.names) {
        const ProvidedName name{provision.kind, text};
        claims[name].push_back(
            {name, entry.summary.id, entry.summary.folder, provision.capabilities, Outcome::kWins, ""});
      }
    }
  }
  return claims;
}

void Catalog::decide(const Policy& policy, const ProvidedName& name, std::vector<Claim> rivals) {
  std::string problem;
  const auto bound = policy.overrides.find(name);
  if (bound != policy.overrides.end()) {
    bind(rivals, bound->second);
    problem = binding_fault(name, bound->second);
  } else if (rivals.size() > 1 && rivals.front().provider.empty()) {
    keep_built_in(name, rivals);
  } else if (rivals.size() > 1) {
    problem = collide(name, rivals);
  }
  if (!problem.empty()) {
    undecided_.emplace(name, problem);
    problems_.push_back(problem);
  }
  std::stable_sort(rivals.begin(), rivals.end(),
                   [](const Claim& a, const Claim& b) { return a.outcome < b.outcome; });
  claims_.insert(claims_.end(), std::make_move_iterator(rivals.begin()),
                 std::make_move_iterator(rivals.end()));
}

std::string Catalog::binding_fault(const ProvidedName& name, const std::string& id) const {
  const std::string bound =
      "The configuration binds the " + named(name) + " to the plugin " + in_quotes(id) + ", ";
  const CatalogEntry* entry = find(id);
  if (entry == nullptr) return bound + "which is not installed. See `millrace plugin list`.";
  if (entry->standing != Standing::kUsable) {
    return bound + "which is " + std::string(standing_name(entry->standing)) + ": " + entry->reason;
  }
  for (const Provision& provision : entry->summary.provides) {
    const auto& names = provision.names;
    if (provision.kind == name.kind && std::find(names.begin(), names.end(), name.name) != names.end()) {
      return "";
    }
  }
  return bound + "which does not provide it (" + describe(entry->summary) + ").";
}

void Catalog::check() const {
  if (problems_.empty()) return;
  std::string message;
  for (const std::string& problem : problems_) message.append(message.empty() ? "" : "\n").append(problem);
  throw Error(ErrorCode::kInvalidState, message);
}

const Claim* Catalog::winner(const ProvidedName& name) const {
  const auto problem = undecided_.find(name);
  if (problem != undecided_.end()) throw Error(ErrorCode::kInvalidState, problem->second);
  const auto found =
      std::lower_bound(claims_.begin(), claims_.end(), name,
                       [](const Claim& claim, const ProvidedName& key) { return claim.name < key; });
  return found == claims_.end() || found->name != name ? nullptr : &*found;
}

Provider Catalog::provider(const Claim& claim) const {
  if (claim.provider.empty()) return {claim.name, nullptr, {}};
  return {claim.name, &find(claim.provider)->summary, claim.capabilities};
}

Provider Catalog::for_uri(Kind kind, std::string_view uri) const {
  std::string scheme = scheme_of(uri);
  // MLflow's deployment targets may be bare words.
  if (scheme.empty() && kind == Kind::kDeploymentTarget && is_scheme(uri)) scheme = to_lower(uri);
  if (const Claim* claim = winner({kind, scheme})) return provider(*claim);
  const std::string_view driver = driver_part(scheme);
  if (!driver.empty()) {
    if (const Claim* claim = winner({kind, std::string(driver)})) return provider(*claim);
  }
  throw_unknown(kind, scheme, uri);
}

Provider Catalog::for_name(Kind kind, const std::string& name) const {
  if (const Claim* claim = winner({kind, name})) return provider(*claim);
  throw_unknown(kind, name, name);
}

std::vector<Provider> Catalog::all_of(Kind kind) const {
  for (const auto& [name, problem] : undecided_) {
    if (name.kind == kind) throw Error(ErrorCode::kInvalidState, problem);
  }
  std::vector<Provider> providers;
  for (const Claim& claim : claims_) {
    if (claim.name.kind == kind && claim.outcome == Outcome::kWins) providers.push_back(provider(claim));
  }
  return providers;
}

const CatalogEntry* Catalog::find(const std::string& id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const CatalogEntry& entry) { return entry.summary.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

std::string Catalog::known_names(Kind kind) const {
  std::string names;
  for (const Claim& claim : claims_) {
    if (claim.name.kind != kind || claim.outcome == Outcome::kLoses) continue;
    names.append(names.empty() ? "" : ", ");
    names += claim.name.name.empty() ? "plain paths" : claim.name.name;
    if (!claim.provider.empty()) names.append(" (plugin ").append(claim.provider).append(")");
  }
  return names.empty() ? "None is known." : "Known are: " + names + ".";
}

std::string Catalog::faulty_manifests() const {
  std::string text;
  for (const CatalogEntry& entry : entries_) {
    if (entry.standing != Standing::kBroken) continue;
    text +=
        " What the plugin in " + entry.summary.folder.string() + " provides is not known: " + entry.reason;
  }
  return text;
}

// Plugins that claim the name but take no part, and why: "needs protocol 2.0, this host speaks 1.0".
std::string Catalog::claimants_left_out(const ProvidedName& name) const {
  std::string text;
  for (const CatalogEntry& entry : entries_) {
    if (entry.standing == Standing::kUsable || entry.standing == Standing::kBroken) continue;
    for (const Provision& provision : entry.summary.provides) {
      const auto& names = provision.names;
      if (provision.kind != name.kind || std::find(names.begin(), names.end(), name.name) == names.end())
        continue;
      text += " The plugin " + describe(entry.summary) +
              " would provide it but is left out: " + entry.reason + ".";
    }
  }
  return text;
}

void Catalog::throw_unknown(Kind kind, const std::string& name, std::string_view uri) const {
  std::string message = "There is no " + named({kind, name}) + ". ";
  if (name.empty() && is_harmless(uri)) {
    message += in_quotes(uri) + " has no scheme and was taken for a path of this machine. ";
  }
  message += known_names(kind);
  std::string_view plugin = known_provider({kind, name});
  if (plugin.empty()) plugin = known_provider({kind, std::string(driver_part(name))});
  if (!plugin.empty()) {
    message += " The plugin " + in_quotes(plugin) +
               " would provide it: add it with `millrace plugin install`, or "
               "put its folder where `millrace plugin list` says that plugins are searched.";
  }
  message += claimants_left_out({kind, name});
  throw_invalid_parameter(message + faulty_manifests());
}

Catalog load_catalog(const std::vector<ProvidedName>& built_ins, const Policy& policy,
                     const Environment& environment) {
  for (const fs::path& folder : policy.path) {
    if (fs::is_directory(folder)) continue;
    throw_not_found("The plugin folder '" + folder.string() + "' of the configuration is not there.");
  }
  const auto file = manifest_index_file(environment);
  ManifestIndex index = file ? ManifestIndex::read(*file) : ManifestIndex();
  return Catalog(built_ins, policy, discover(plugin_search_path(policy.path, environment), index));
}

}  // namespace millrace::plugin

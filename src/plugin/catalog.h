#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plugin/discovery.h"
#include "plugin/environment.h"
#include "plugin/policy.h"

namespace millrace::plugin {

/// Whether a plugin that was found takes part in the resolution.
enum class Standing { kUsable, kBroken, kShadowed, kNotAllowed, kOtherProtocol };

std::string_view standing_name(Standing standing);  ///< "usable", "broken", "shadowed" ...

struct CatalogEntry {
  ManifestSummary summary;
  Standing standing = Standing::kUsable;
  std::string reason;  ///< why it is not usable; empty when it is
};

/// How the claim of a provider to a name ended.
enum class Outcome { kWins, kLoses, kCollides };

std::string_view outcome_name(Outcome outcome);  ///< "wins", "loses", "collides"

struct Claim {
  ProvidedName name;
  std::string provider;  ///< id of the plugin; empty when built in
  std::filesystem::path folder;
  std::vector<std::string> capabilities;
  Outcome outcome = Outcome::kWins;
  std::string
      reason;  ///< why it loses or collides and how to decide otherwise; empty when nobody else claims it
};

/// Who serves a name.
struct Provider {
  ProvidedName name;                        ///< the one that matched: for "mssql+pyodbc" it may be "mssql"
  const ManifestSummary* plugin = nullptr;  ///< null when built in; belongs to the catalog
  std::vector<std::string> capabilities;    ///< of a plugin, as its manifest says
};

/// Who provides what. Made from manifests alone: no code of a plugin is run or loaded. A name belongs to the
/// plugin that the operator bound it to, else to the built-in, else to the only plugin that claims it. Where
/// that leaves a doubt there is no winner: nothing is decided by order of folders, names or versions, but for
/// a plugin that is found twice, of which the earlier in the search path counts. Constant once made; any
/// thread.
class Catalog {
 public:
  /// `found` in the order of the search path. Never throws for what is wrong with plugins; see problems().
  Catalog(const std::vector<ProvidedName>& built_ins, const Policy& policy, std::vector<FoundManifest> found);

  /// All plugins found, in the order of the search path.
  const std::vector<CatalogEntry>& entries() const { return entries_; }

  /// All claims of built-ins and usable plugins, sorted by name; winners first.
  const std::vector<Claim>& claims() const { return claims_; }

  /// What has to be decided by the operator before a server may start: collisions, and bindings of names to
  /// plugins that cannot serve them. Each names the plugins, their folders and what to do.
  const std::vector<std::string>& problems() const { return problems_; }

  /// Throws INVALID_STATE with all problems() when there are any.
  void check() const;

  /// Who serves a URI, for kinds that are chosen by scheme. Of a scheme with '+' first the whole is looked
  /// for, then what stands before it. A deployment target may also be named without a scheme ("sagemaker").
  /// Throws INVALID_STATE when the name has a problem, and INVALID_PARAMETER_VALUE that lists what is known
  /// and what would provide the scheme when nobody does. Messages repeat nothing of the URI but its scheme.
  Provider for_uri(Kind kind, std::string_view uri) const;

  /// Who serves a name, for the other kinds. Throws as for_uri() does.
  Provider for_name(Kind kind, const std::string& name) const;

  /// All that are provided of a kind, sorted by name: for kinds of which all take part. Throws INVALID_STATE
  /// when a name of the kind has a problem.
  std::vector<Provider> all_of(Kind kind) const;

  /// The plugin of this id that counts, broken or not; null when there is none.
  const CatalogEntry* find(const std::string& id) const;

 private:
  using Claims = std::map<ProvidedName, std::vector<Claim>>;

  void judge_entries(const Policy& policy, std::vector<FoundManifest> found);
  Claims collect_claims(const std::vector<ProvidedName>& built_ins) const;
  void decide(const Policy& policy, const ProvidedName& name, std::vector<Claim> rivals);
  std::string binding_fault(const ProvidedName& name, const std::string& id) const;
  const Claim* winner(const ProvidedName& name) const;
  Provider provider(const Claim& claim) const;
  [[noreturn]] void throw_unknown(Kind kind, const std::string& name, std::string_view uri) const;
  std::string known_names(Kind kind) const;
  std::string faulty_manifests() const;
  std::string claimants_left_out(const ProvidedName& name) const;

  std::vector<CatalogEntry> entries_;
  std::vector<Claim> claims_;
  std::map<ProvidedName, std::string> undecided_;  ///< the problem of each name that has one
  std::vector<std::string> problems_;
};

/// Finds the manifests and makes the catalog. Throws RESOURCE_DOES_NOT_EXIST for a folder of the policy's
/// path that is not there, and PERMISSION_DENIED for folders that cannot be listed.
Catalog load_catalog(const std::vector<ProvidedName>& built_ins, const Policy& policy,
                     const Environment& environment);

}  // namespace millrace::plugin

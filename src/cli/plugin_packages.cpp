#include "cli/plugin_packages.h"

#include <ostream>

#include "base/error.h"
#include "plugin/archive.h"
#include "plugin/digest.h"
#include "plugin/download.h"
#include "plugin/file_text.h"
#include "plugin/lock.h"
#include "plugin/manifest.h"
#include "plugin/search_path.h"
#include "plugin/signature.h"
#include "plugin/verification.h"
#include "server/built_ins.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestSignature = 4096;

void check_file(const plugin::Manifest& manifest, const std::string& key, const std::string& path) {
  const bool inside = !path.empty() && path.front() != '/' && path.find('/') != std::string::npos;
  if (!inside || fs::exists(manifest.folder / path)) return;
  throw_not_found("'" + key + "' in [run] names '" + path + "', which is not in " + manifest.folder.string() +
                  ". Build the plugin first.");
}

void check_runnable(const plugin::Manifest& manifest) {
  if (!manifest.run.command.empty()) check_file(manifest, "command", manifest.run.command.front());
  if (!manifest.run.library.empty()) check_file(manifest, "library", "./" + manifest.run.library);
}

// The signature to pack: a new one, or none where the folder's own still fits.
std::string signature_for(const fs::path& folder, const fs::path& private_key) {
  const fs::path file = folder / plugin::kSignatureName;
  const std::string content = plugin::lock_folder(folder).to_text();
  if (!private_key.empty()) return plugin::sign(content, private_key).to_text();
  if (!fs::exists(file)) return "";
  const auto own = plugin::parse_signature(plugin::read_text_file(file, kLargestSignature), file);
  if (plugin::is_signed_by(own, content, {own.public_key})) return "";
  throw_invalid_parameter("'" + file.string() +
                          "' does not sign the files as they are. Sign them with --sign, or remove it.");
}

const fs::path& root_of(const PluginContext& context) {
  if (!context.root.empty()) return context.root;
  throw_invalid_parameter(
      "There is no folder to install into: name one with --path, or set XDG_DATA_HOME or HOME.");
}

// Tells what the plugin does not get although it claims it, and what has to be decided now.
void tell_rivals(const std::string& id, const PluginContext& context) {
  plugin::Policy policy = context.policy;
  if (policy.path.empty()) policy.path.push_back(context.root);
  const plugin::Catalog catalog = load_catalog(server::built_in_names(), policy, context.environment);
  for (const plugin::Claim& claim : catalog.claims()) {
    if (claim.provider != id || claim.outcome == plugin::Outcome::kWins) continue;
    context.out << claim.name.to_string() << " " << outcome_name(claim.outcome) << ": " << claim.reason
                << "\n";
  }
}

std::string basis(const plugin::Verification& verification) {
  if (verification.trusted) return verification.locked ? "lock and signature" : "signature";
  return verification.is_signed ? "lock; signed by a key that is not trusted" : "lock";
}

void tell(const plugin::Verification& verification, std::ostream& out) {
  out << verification.id << " in " << verification.folder.string();
  if (verification.passed()) {
    out << ": verified by " << basis(verification) << "\n";
    return;
  }
  out << ": NOT VERIFIED\n";
  for (const std::string& fault : verification.faults) out << "  " << fault << "\n";
}

std::vector<plugin::Verification> missing_from(const fs::path& parent) {
  try {
    return plugin::find_missing_plugins(parent);
  } catch (const Error& fault) {
    return {{"plugins", parent, true, false, false, {fault.what()}}};
  }
}

std::vector<plugin::Verification> verify_all(const PluginContext& context) {
  const plugin::Catalog catalog = load_catalog(server::built_in_names(), context.policy, context.environment);
  std::vector<plugin::Verification> all;
  for (const plugin::CatalogEntry& entry : catalog.entries()) {
    all.push_back(verify_plugin(entry.summary.folder, context.policy));
  }
  for (const fs::path& folder : plugin::plugin_search_path(context.policy.path, context.environment)) {
    for (plugin::Verification& missing : missing_from(folder)) all.push_back(std::move(missing));
  }
  return all;
}

bool is_meant(const plugin::Verification& verification, const std::string& id) {
  return id.empty() || verification.id == id || verification.folder.filename() == id;
}

}  // namespace

void pack_plugin(const fs::path& folder, fs::path archive, const fs::path& private_key, std::ostream& out) {
  const plugin::Manifest manifest = plugin::read_manifest(folder);
  check_runnable(manifest);
  if (archive.empty()) archive = manifest.id + "-" + manifest.version + ".mrp";
  plugin::pack_folder(folder, signature_for(folder, private_key), archive);
  out << archive.string() << "\nsha256 " << plugin::sha256_of_file(archive) << "\n";
}

void install_plugin(const std::string& source, const plugin::InstallOptions& options,
                    const PluginContext& context) {
  const fs::path& root = root_of(context);
  const plugin::Installed installed = plugin::is_url(source)
                                          ? install_url(source, root, context.policy, options)
                                          : install_archive(source, root, context.policy, options);
  context.out << installed.id << " " << installed.version
              << (installed.unchanged ? " was installed already in " : " is installed in ")
              << installed.folder.string();
  if (!installed.unchanged && !installed.replaced.empty())
    context.out << ", replacing " << installed.replaced;
  context.out << "\n";
  if (installed.is_signed && !installed.trusted) {
    context.out << "It is signed by a key that is not in 'trusted-keys'.\n";
  }
  tell_rivals(installed.id, context);
}

int verify_plugins(const std::string& id, const PluginContext& context) {
  bool found = false;
  bool passed = true;
  for (const plugin::Verification& verification : verify_all(context)) {
    if (!is_meant(verification, id)) continue;
    tell(verification, context.out);
    found = true;
    passed = passed && verification.passed();
  }
  if (!found && !id.empty()) throw_not_found("There is no plugin '" + id + "'. See `millrace plugin list`.");
  if (!found) context.out << "No plugins are installed.\n";
  return passed ? 0 : 1;
}

void remove_installed_plugin(const std::string& id, const PluginContext& context) {
  const fs::path& root = root_of(context);
  plugin::remove_plugin(id, root);
  context.out << id << " is removed from " << root.string() << "\n";
}

}  // namespace millrace::cli

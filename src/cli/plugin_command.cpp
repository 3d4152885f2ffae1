#include <CLI/CLI.hpp>
#include <iostream>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/plugin_doctor.h"
#include "cli/plugin_new.h"
#include "cli/plugin_packages.h"
#include "cli/plugin_report.h"
#include "cli/plugin_test_command.h"
#include "plugin/search_path.h"
#include "server/built_ins.h"

namespace millrace::cli {
namespace {

// What the flags of all plugin commands say.
struct Flags {
  std::vector<std::string> path;
  std::string id;
  std::string source;
  std::string output;
  std::string key;
  plugin::InstallOptions install;
  bool json = false;
};

using SharedFlags = std::shared_ptr<Flags>;

PluginContext context_of(const CLI::App& program, const Flags& flags) {
  PluginContext context{plugin::read_policy(program.get_config_ptr()->as<std::string>()),
                        plugin::process_environment(),
                        {},
                        std::cout};
  context.policy.path.insert(context.policy.path.begin(), flags.path.begin(), flags.path.end());
  context.root = flags.path.empty() ? plugin::user_plugin_folder(context.environment).value_or("")
                                    : std::filesystem::path(flags.path.front());
  return context;
}

void list(const PluginContext& context, bool json) {
  const plugin::Catalog catalog = load_catalog(server::built_in_names(), context.policy, context.environment);
  const PluginList report{catalog, plugin::plugin_search_path(context.policy.path, context.environment)};
  json ? print_json(report, context.out) : print_text(report, context.out);
}

void info(const std::string& id, const PluginContext& context, bool json) {
  const plugin::Catalog catalog = load_catalog(server::built_in_names(), context.policy, context.environment);
  const plugin::CatalogEntry* entry = catalog.find(id);
  if (entry == nullptr) throw_not_found("There is no plugin '" + id + "'. See `millrace plugin list`.");
  const plugin::Manifest manifest = plugin::read_manifest(entry->summary.folder);
  const PluginInfo report{manifest, *entry, catalog};
  json ? print_json(report, context.out) : print_text(report, context.out);
}

CLI::App& add_command(CLI::App& parent, const SharedFlags& flags, const char* name, const char* what) {
  CLI::App& command = *parent.add_subcommand(name, what);
  // --config belongs to the program and may stand behind the command too.
  command.fallthrough();
  command.add_option("--path", flags->path, "A folder of plugins that is searched first; may be given again")
      ->take_all();
  return command;
}

void add_reports(CLI::App& parent, const CLI::App& program, const SharedFlags& flags) {
  CLI::App& listing = add_command(parent, flags, "list", "Who provides what, who won and why");
  listing.add_flag("--json", flags->json, "Print JSON");
  listing.callback([&program, flags] { list(context_of(program, *flags), flags->json); });
  CLI::App& about = add_command(parent, flags, "info", "What a plugin's manifest says");
  about.add_option("id", flags->id, "The plugin's id")->required();
  about.add_flag("--json", flags->json, "Print JSON");
  about.callback([&program, flags] { info(flags->id, context_of(program, *flags), flags->json); });
}

void add_new(CLI::App& parent) {
  const auto flags = std::make_shared<NewPluginFlags>();
  CLI::App& command =
      *parent.add_subcommand("new", "Make the folder of a new plugin, which works and has tests");
  command.add_option("name", flags->id, "Its id and the name of its folder, like acme-oss")->required();
  command.add_option("--kind", flags->kind, "What it provides, like artifact_repository")->required();
  command.add_option("--language", flags->language, "cpp or python")->required();
  command.add_option("--scheme", flags->scheme, "Scheme of the URIs that it serves; default: the name");
  command.add_option("--provides", flags->provides, "Name that it is chosen by; default: the name");
  command.add_option("--output", flags->output, "Where to make the folder; default: here");
  command.add_option("--licence,--license", flags->licence, "SPDX expression; default: Apache-2.0");
  command.callback([flags] { make_new_plugin(*flags, std::cout); });
}

void add_doctor(CLI::App& parent, const CLI::App& program, const SharedFlags& flags, int& status) {
  const auto options = std::make_shared<DoctorOptions>();
  CLI::App& command =
      add_command(parent, flags, "doctor",
                  "Start plugins and check settings, credentials and reachability; exits 1 on a failure");
  command.add_option("id", options->ids, "Ids of plugins; default: all");
  command
      .add_option("--uri", options->uris, "A URI to open with the plugin of its scheme; may be given again")
      ->take_all();
  const auto limit = std::make_shared<int64_t>(options->limit.count());
  command.add_option("--timeout", *limit, "Seconds for each step; default: 15")->check(CLI::Range(1, 600));
  command.add_flag("--json", options->json, "Print JSON");
  command.callback([&program, flags, options, limit, &status] {
    options->limit = std::chrono::seconds(*limit);
    options->configuration_file = program.get_config_ptr()->as<std::string>();
    status = examine_plugins(*options, context_of(program, *flags));
  });
}

void add_pack(CLI::App& parent, const SharedFlags& flags) {
  CLI::App& command = *parent.add_subcommand("pack", "Pack a plugin's folder into one archive");
  command.fallthrough();
  command.add_option("folder", flags->source, "The folder with plugin.toml")->required();
  command.add_option("-o,--output", flags->output, "The archive; default: ID-VERSION.mrp here");
  command.add_option("--sign", flags->key, "PEM file of an Ed25519 private key to sign with");
  command.callback([flags] { pack_plugin(flags->source, flags->output, flags->key, std::cout); });
}

void add_install(CLI::App& parent, const CLI::App& program, const SharedFlags& flags) {
  CLI::App& command =
      add_command(parent, flags, "install", "Install an archive for this user, or into the first --path");
  command.add_option("source", flags->source, "A file, or an https: URL")->required();
  command.add_option("--sha256", flags->install.sha256, "What the archive must hash to; needed for a URL");
  command.add_flag("--force", flags->install.force, "Replace another version, or files that were changed");
  command.callback(
      [&program, flags] { install_plugin(flags->source, flags->install, context_of(program, *flags)); });
}

void add_upkeep(CLI::App& parent, const CLI::App& program, const SharedFlags& flags, int& status) {
  CLI::App& checking =
      add_command(parent, flags, "verify",
                  "Compare the files of plugins with their hashes and signatures; exits 1 on a difference");
  checking.add_option("id", flags->id, "The plugin's id; default: all plugins");
  checking.callback(
      [&program, flags, &status] { status = verify_plugins(flags->id, context_of(program, *flags)); });
  CLI::App& removing = add_command(parent, flags, "remove", "Remove an installed plugin");
  removing.add_option("id", flags->id, "The plugin's id")->required();
  removing.callback([&program, flags] { remove_installed_plugin(flags->id, context_of(program, *flags)); });
}

}  // namespace

void add_plugin_command(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand("plugin", "Make, list, check, test, pack and install plugins");
  command.fallthrough();
  command.require_subcommand(1);
  const auto flags = std::make_shared<Flags>();
  add_new(command);
  add_reports(command, program, flags);
  add_doctor(command, program, flags, status);
  add_pack(command, flags);
  add_install(command, program, flags);
  add_upkeep(command, program, flags, status);
  add_plugin_test_command(command, program, status);
}

}  // namespace millrace::cli

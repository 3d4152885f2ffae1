#include "server/plugin_listing.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace millrace::server {
namespace {

// A text of the contract that is left out when there is nothing to say.
template <typename Set>
void tell(const std::string& text, Set set) {
  if (!text.empty()) set(text);
}

void add_form(v1::InstalledPlugin& plugin, bool offered, const char* form) {
  if (offered) plugin.add_forms(form);
}

void tell_manifest(const plugin::PluginHost& host, const plugin::Manifest& manifest,
                   v1::InstalledPlugin& plugin) {
  tell(manifest.description, [&](const auto& text) { plugin.set_description(text); });
  tell(manifest.license, [&](const auto& text) { plugin.set_license(text); });
  tell(manifest.homepage, [&](const auto& text) { plugin.set_homepage(text); });
  add_form(plugin, !manifest.run.command.empty(), "command");
  add_form(plugin, !manifest.run.library.empty(), "library");
  add_form(plugin, !manifest.run.python.empty(), "python");
  plugin.set_in_process(host.runs_in_process(manifest));
}

v1::InstalledPlugin plugin_message(const plugin::PluginHost& host, const plugin::CatalogEntry& entry) {
  v1::InstalledPlugin plugin;
  plugin.set_id(entry.summary.id);
  plugin.set_folder(entry.summary.folder.string());
  plugin.set_standing(std::string(standing_name(entry.standing)));
  tell(entry.reason, [&](const auto& text) { plugin.set_reason(text); });
  if (entry.standing == plugin::Standing::kBroken) return plugin;
  plugin.set_version(entry.summary.version);
  plugin.set_protocol(entry.summary.protocol.to_string());
  try {
    tell_manifest(host, plugin::read_manifest(entry.summary.folder), plugin);
  } catch (const Error& error) {
    plugin.set_reason(error.what());
  }
  return plugin;
}

v1::PluginClaim claim_message(const plugin::Claim& claim) {
  v1::PluginClaim message;
  message.set_kind(std::string(kind_name(claim.name.kind)));
  message.set_name(claim.name.name);
  tell(claim.provider, [&](const auto& id) { message.set_plugin(id); });
  message.set_outcome(std::string(outcome_name(claim.outcome)));
  tell(claim.reason, [&](const auto& text) { message.set_reason(text); });
  message.mutable_capabilities()->Add(claim.capabilities.begin(), claim.capabilities.end());
  return message;
}

}  // namespace

v1::PluginHealth health_message(const plugin::PluginHealth& health) {
  v1::PluginHealth message;
  message.set_id(health.id);
  message.set_running(health.running);
  message.set_in_process(health.in_process);
  if (!health.in_process) {
    message.set_pid(health.pid);
    message.set_restarts(std::max<int64_t>(0, health.starts - 1));
    message.set_resident_bytes(health.resident_bytes);
  }
  message.set_open_instances(health.calls.open_instances);
  message.set_calls(health.calls.calls);
  message.set_failures(health.calls.failures);
  message.set_in_flight(health.calls.in_flight);
  message.set_seconds(health.calls.seconds);
  tell(health.fault, [&](const auto& text) { message.set_fault(text); });
  tell(health.calls.last_error, [&](const auto& text) { message.set_last_error(text); });
  return message;
}

v1::PluginList list_plugins(const plugin::PluginHost& host) {
  std::map<std::string, v1::PluginHealth> healths;
  for (const plugin::PluginHealth& health : host.health()) healths.emplace(health.id, health_message(health));
  v1::PluginList list;
  for (const plugin::CatalogEntry& entry : host.catalog().entries()) {
    v1::InstalledPlugin plugin = plugin_message(host, entry);
    const auto health = healths.find(entry.summary.id);
    // Of two with one id, only the one that counts can have been needed.
    if (health != healths.end() && entry.standing == plugin::Standing::kUsable)
      *plugin.mutable_health() = health->second;
    *list.add_plugins() = std::move(plugin);
  }
  for (const plugin::Claim& claim : host.catalog().claims()) *list.add_claims() = claim_message(claim);
  return list;
}

}  // namespace millrace::server

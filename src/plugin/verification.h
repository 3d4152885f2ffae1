#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugin/policy.h"

namespace millrace::plugin {

/// What came out when the files of a plugin were compared with what is known about them.
struct Verification {
  std::string id;  ///< name of the folder when the manifest cannot be read
  std::filesystem::path folder;
  bool locked = false;              ///< plugin.lock beside the folder knows the plugin
  bool is_signed = false;           ///< there is a plugin.sig
  bool trusted = false;             ///< a trusted key signed just these files
  std::vector<std::string> faults;  ///< what differs, naming files; empty: verified

  bool passed() const { return faults.empty(); }
};

/// Hashes all files of an installed plugin and compares them with the lock beside its folder and with its
/// signature. It passes when nothing differs, and either the lock or the signature of a trusted key vouches
/// for the files; where the policy requires signatures, the latter. A signature by an unknown key is no fault
/// by itself. Reads every byte of the plugin: for commands, and before a plugin is run when the policy
/// requires signatures. Throws for nothing but what is wrong with the machine.
Verification verify_plugin(const std::filesystem::path& folder, const Policy& policy);

/// The same for a plugin that is about to be run: what nobody locked or signed passes too, unless the policy
/// requires signatures.
Verification verify_for_use(const std::filesystem::path& folder, const Policy& policy);

/// A Verification with a fault for each plugin that the lock of `parent` knows and that is not there.
std::vector<Verification> find_missing_plugins(const std::filesystem::path& parent);

}  // namespace millrace::plugin

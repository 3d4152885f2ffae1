#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plugin/kind.h"
#include "plugin/test_table.h"

namespace millrace::plugin {

/// The file that makes a folder a plugin.
inline constexpr const char* kManifestName = "plugin.toml";

/// Largest manifest that is read, in bytes.
inline constexpr size_t kManifestLimit = 1 << 20;

/// A version of the plugin protocol: the major and the lowest minor of it that a plugin needs, or what a host
/// speaks. Within a major a higher minor understands everything that a lower one does.
struct ProtocolVersion {
  int major = 0;
  int minor = 0;

  std::string to_string() const { return std::to_string(major) + "." + std::to_string(minor); }
};

/// What this host speaks.
inline constexpr ProtocolVersion kHostProtocol{1, 0};

bool host_speaks(ProtocolVersion needed);

/// One thing that a plugin stands in for.
struct Provision {
  Kind kind = Kind::kTrackingStore;
  std::vector<std::string> names;  ///< schemes in lower case, or names, as chosen_by_scheme(kind) says
  std::vector<std::string> capabilities;
};

/// What is needed to choose between plugins; the manifest without what is needed to run one.
struct ManifestSummary {
  std::filesystem::path folder;  ///< absolute
  std::string id;
  std::string version;
  ProtocolVersion protocol;
  std::vector<Provision> provides;
};

/// How a plugin is started. Of `command`, `library` and `python` one at least is set.
struct RunSettings {
  std::vector<std::string> command;     ///< see resolved_program() for the first element
  std::string library;                  ///< relative to the folder; empty when there is none
  std::string python;                   ///< a module name; empty when there is none
  std::string interpreter = "python3";  ///< see resolved_program()
  std::vector<std::string>
      environment;  ///< names of variables passed on; a '*' at the end stands for any rest
  std::optional<uint64_t> memory_limit_mb;
  std::chrono::seconds start_timeout{10};
  std::chrono::seconds call_timeout{30};
};

enum class ValueType { kString, kInteger, kNumber, kBoolean };

std::string_view value_type_name(ValueType type);

/// A setting that a plugin understands.
struct ConfigurationField {
  std::string name;
  ValueType type = ValueType::kString;
  bool required = false;
  bool secret = false;
  std::optional<std::string> default_value;  ///< as text, of the right type; never for a secret
  std::string description;
  std::string environment;  ///< a variable the value is also read from; may be empty
};

/// All that a plugin.toml says, checked. A value.
struct Manifest : ManifestSummary {
  std::string license;
  std::string description;
  std::string homepage;
  RunSettings run;
  std::vector<ConfigurationField> configuration;  ///< sorted by name
  std::vector<TestTable> tests;                   ///< one for each of `provides`, empty where none is written
};

/// Reads and checks a manifest; runs nothing. Takes the folder of a plugin or the manifest itself. Throws
/// RESOURCE_DOES_NOT_EXIST when there is no manifest, PERMISSION_DENIED when it cannot be read, and
/// INVALID_PARAMETER_VALUE "file:line:column: what is wrong and what is expected" for every fault in it,
/// unknown keys among them.
Manifest read_manifest(const std::filesystem::path& folder_or_file);

/// The same for a text that was read already; `file` is where it stood, its folder is the plugin's.
Manifest parse_manifest(std::string_view text, const std::filesystem::path& file);

/// What to execute for a program of the manifest (`command[0]`, `interpreter`): absolute paths and bare
/// names, which are looked for on PATH, as they are, others below the plugin's folder.
std::string resolved_program(const Manifest& manifest, const std::string& program);

}  // namespace millrace::plugin

#include "cli/plugin_new.h"

#include <ostream>

#include "base/error.h"
#include "cli/plugin_scaffold.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

std::string with_article(plugin::Kind kind) {
  const std::string name(plugin::kind_name(kind));
  return (name.starts_with('a') ? "an " : "a ") + name;
}

plugin::Kind kind_of(const NewPluginFlags& flags) {
  const auto kind = plugin::parse_kind(flags.kind);
  if (kind) return *kind;
  throw_invalid_parameter("'" + flags.kind +
                          "' is no kind of plugin. Kinds are: " + plugin::all_kind_names() +
                          "; MLflow's group names, like mlflow.tracking_store, mean the same.");
}

PluginLanguage language_of(const NewPluginFlags& flags) {
  if (flags.language == "cpp") return PluginLanguage::kCpp;
  if (flags.language == "python") return PluginLanguage::kPython;
  throw_invalid_parameter("There is nothing to begin with in '" + flags.language +
                          "': --language is cpp or python. Other languages implement the protocol, see "
                          "api/millrace/v1/plugin.");
}

std::string provided_of(const NewPluginFlags& flags, plugin::Kind kind) {
  const bool by_scheme = plugin::chosen_by_scheme(kind);
  const std::string& wrong = by_scheme ? flags.provides : flags.scheme;
  if (wrong.empty()) return by_scheme ? flags.scheme : flags.provides;
  throw_invalid_parameter("It is " + with_article(kind) +
                          (by_scheme ? ", chosen by the scheme of a URI: use --scheme instead of --provides."
                                     : ", chosen by name: use --provides instead of --scheme."));
}

// What this program lies beside: a build folder or a clone of Millrace, or where it was installed.
struct Surroundings {
  std::string package_flag;  // of CMake; empty when the package is not found
  fs::path python_package;   // its source; empty when it is not found
};

Surroundings look_around() {
  Surroundings found;
  std::error_code fault;
  const fs::path folder = fs::read_symlink("/proc/self/exe", fault).parent_path();
  if (fs::exists(folder / "sdk/cpp/millraceConfig.cmake", fault))
    found.package_flag = "-Dmillrace_DIR=" + (folder / "sdk/cpp").string();
  for (const char* library : {"lib", "lib64"}) {
    if (fs::exists(folder.parent_path() / library / "cmake/millrace/millraceConfig.cmake", fault))
      found.package_flag = "-DCMAKE_PREFIX_PATH=" + folder.parent_path().string();
  }
  const fs::path clone = folder.parent_path().parent_path();
  if (fs::exists(clone / "sdk/python/pyproject.toml", fault)) found.python_package = clone / "sdk/python";
  return found;
}

std::string quoted(const std::string& word) {
  const bool plain = word.find_first_of(" '\"$&;|<>()*?[]#~`\\") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

void tell_cpp_commands(const std::string& id, const std::string& package_flag, std::ostream& out) {
  out << "  cmake --preset default "
      << quoted(package_flag.empty() ? "-DCMAKE_PREFIX_PATH=PREFIX" : package_flag)
      << "\n  cmake --build --preset default\n  ctest --preset default\n  millrace plugin test build/plugins/"
      << id << "\n  millrace plugin pack build/plugins/" << id << " -o " << id << ".mrp\n";
  if (package_flag.empty()) out << "  # PREFIX: where Millrace's CMake package was installed\n";
}

void tell_python_commands(const std::string& id, const fs::path& package, std::ostream& out) {
  if (package.empty()) {
    out << "  # In an environment with the package millrace: pip install sdk/python in a clone of Millrace\n";
  } else {
    out << "  pip install " << quoted(package.string()) << "\n";
  }
  out << "  pip install -e \".[test]\"\n  python -m pytest\n  millrace plugin test .\n  millrace plugin pack "
         ". -o "
      << id << ".mrp\n";
}

}  // namespace

void make_new_plugin(const NewPluginFlags& flags, std::ostream& out) {
  const Surroundings around = look_around();
  ScaffoldRequest request;
  request.id = flags.id;
  request.kind = kind_of(flags);
  request.language = language_of(flags);
  request.provided = provided_of(flags, request.kind);
  request.licence = flags.licence;
  const std::vector<ScaffoldFile> files = render_scaffold(request);
  const fs::path folder = flags.output / flags.id;
  write_scaffold(folder, files);
  out << flags.id << ", " << with_article(request.kind) << ", is in " << folder.string() << ". Next:\n\n"
      << "  cd " << quoted(folder.string()) << "\n";
  if (request.language == PluginLanguage::kCpp) {
    tell_cpp_commands(flags.id, around.package_flag, out);
  } else {
    tell_python_commands(flags.id, around.python_package, out);
  }
  out << "  millrace plugin install " << flags.id << ".mrp\n";
}

}  // namespace millrace::cli

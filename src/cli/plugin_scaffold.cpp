#include "cli/plugin_scaffold.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <map>

#include "base/error.h"
#include "cli/plugin_templates.h"
#include "plugin/file_text.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

using Replacements = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kLongestLicence = 100;

std::string_view language_folder(PluginLanguage language) {
  return language == PluginLanguage::kCpp ? "cpp" : "python";
}

const PluginTemplate* find_template(const std::string& path) {
  const auto all = plugin_templates();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const PluginTemplate& each) { return each.path == path; });
  return found == all.end() ? nullptr : &*found;
}

// A text about the kind, without its last line end; empty when there is none.
std::string about_kind(const ScaffoldRequest& request, const std::string& what) {
  const PluginTemplate* found =
      find_template("kinds/" + std::string(plugin::kind_name(request.kind)) + "/" + what);
  if (found == nullptr) return "";
  std::string text(found->text);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// Each mark is replaced in one pass, so that what takes its place is not looked at again.
std::string replace_all(std::string_view text, const Replacements& replacements) {
  std::string result;
  while (!text.empty()) {
    const auto found = std::find_if(replacements.begin(), replacements.end(),
                                    [&](const auto& each) { return text.starts_with(each.first); });
    if (found == replacements.end()) {
      result += text.front();
      text.remove_prefix(1);
    } else {
      result += found->second;
      text.remove_prefix(found->first.size());
    }
  }
  return result;
}

void check_licence(const std::string& licence) {
  const bool legal = std::all_of(licence.begin(), licence.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view(".+-() ").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (legal && !licence.empty() && licence.size() <= kLongestLicence) return;
  throw_invalid_parameter("'" + licence +
                          "' is no licence: expected an SPDX expression, like Apache-2.0 or MIT.");
}

// Texts that hold marks themselves.
Replacements texts(const ScaffoldRequest& request) {
  const bool cpp = request.language == PluginLanguage::kCpp;
  const std::string rows = about_kind(request, cpp ? "files-cpp" : "files-python");
  const std::string row = cpp ? "| `src/@KIND@.h`, `src/@KIND@.cpp` | the class: what each operation does |"
                              : "| `sample_plugin/@KIND@.py` | the class: what each operation does |";
  const std::string run = about_kind(request, "run");
  const std::string settings = about_kind(request, "settings");
  return {{"@SUMMARY@", about_kind(request, "summary")},
          {"@ABOUT@", about_kind(request, "about")},
          {"@USE@", about_kind(request, "use")},
          {"@PROVIDES@", about_kind(request, "provides")},
          {"@FILES@", rows.empty() ? row : rows},
          {"@RUN@\n", run.empty() ? "" : run + "\n"},
          {"@SETTINGS@\n", settings.empty() ? "" : settings + "\n"}};
}

Replacements words(const ScaffoldRequest& request) {
  const ScaffoldNames names = scaffold_names(request);
  const bool cpp = request.language == PluginLanguage::kCpp;
  return {{"@KIND@", std::string(plugin::kind_name(request.kind))},
          {"@LICENCE@", request.licence},
          {"@PLUGIN_FOLDER@", cpp ? "../build/plugins" : ".."},
          {"sample-plugin", names.id},
          {"sample-name", names.provided},
          {"sample_plugin", names.module},
          {"SamplePlugin", names.type},
          {"SAMPLE_PLUGIN", names.variables}};
}

std::string licence_text(const std::string& licence) {
  const PluginTemplate* whole = find_template("licences/" + licence);
  if (whole != nullptr) return std::string(whole->text);
  return "SPDX-License-Identifier: " + licence + "\n\nPut the text of the licence here.\n";
}

}  // namespace

std::vector<ScaffoldFile> render_scaffold(const ScaffoldRequest& request) {
  check_licence(request.licence);
  const Replacements whole_texts = texts(request);
  const Replacements marks = words(request);
  const std::string language(language_folder(request.language));
  const std::string kind(plugin::kind_name(request.kind));
  // What a kind has of its own takes the place of what all have.
  std::map<std::string, std::string> files;
  for (const std::string& part :
       {std::string("common/"), language + "/common/", language + "/" + kind + "/"}) {
    for (const PluginTemplate& each : plugin_templates()) {
      if (!each.path.starts_with(part)) continue;
      files[replace_all(each.path.substr(part.size()), marks)] =
          replace_all(replace_all(each.text, whole_texts), marks);
    }
  }
  files["LICENSE"] = licence_text(request.licence);
  std::vector<ScaffoldFile> rendered;
  for (auto& [path, text] : files) rendered.push_back({path, std::move(text)});
  return rendered;
}

void write_scaffold(const fs::path& folder, const std::vector<ScaffoldFile>& files) {
  std::error_code fault;
  if (fs::exists(fs::symlink_status(folder, fault))) {
    throw Error(
        ErrorCode::kResourceAlreadyExists,
        "'" + folder.string() + "' is there already; nothing is written. Take another name or --output.");
  }
  if (!fs::create_directory(folder, fault)) {
    plugin::throw_file_error("make", folder, fault ? fault.value() : EEXIST);
  }
  try {
    for (const ScaffoldFile& file : files) {
      fs::create_directories((folder / file.path).parent_path());
      plugin::write_cache_file(folder / file.path, file.text);
    }
  } catch (...) {
    fs::remove_all(folder, fault);
    throw;
  }
}

}  // namespace millrace::cli

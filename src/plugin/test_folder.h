#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "base/error.h"
#include "plugin/environment.h"

namespace millrace::plugin {

/// A fresh folder for a test, removed with all that is in it.
class TestFolder {
 public:
  TestFolder() {
    std::string form = (std::filesystem::temp_directory_path() / "millrace-test-XXXXXX").string();
    if (mkdtemp(form.data()) == nullptr) throw Error(ErrorCode::kInternalError, "no folder for the test");
    path_ = form;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Writes a file, making the folders above it.
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

/// A sound manifest that provides `names` as artifact repositories: "\"oss\", \"oss2\"".
inline std::string manifest_text(const std::string& id, const std::string& schemes,
                                 const std::string& version = "1.0.0", const std::string& protocol = "1.0") {
  return "[plugin]\nid = \"" + id + "\"\nversion = \"" + version + "\"\nprotocol = \"" + protocol +
         "\"\nlicense = \"Apache-2.0\"\ndescription = \"A test.\"\n[run]\ncommand = [\"./run\"]\n" +
         "[[provides]]\nkind = \"artifact_repository\"\nschemes = [" + schemes + "]\n";
}

/// An environment of just these variables.
inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The message of the Error that `action` throws, or "no error".
template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

template <class Action>
std::string code_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error_code_name(error.code()));
  }
  return "no error";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace millrace::plugin

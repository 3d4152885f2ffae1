#include "plugin/lock.h"

#include "base/error.h"
#include "plugin/digest.h"
#include "plugin/file_text.h"
#include "plugin/manifest.h"
#include "plugin/manifest_names.h"
#include "plugin/plugin_files.h"
#include "plugin/version.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "millrace plugin lock 1";
constexpr size_t kLargestLockFile = 64 << 20;
constexpr size_t kHashLength = 64;

// Reads a lock file line by line.
class LockReader {
 public:
  LockReader(std::string_view text, fs::path file) : text_(text), file_(std::move(file)) {}

  LockFile read() {
    if (next() != kHead) fail("expected '" + std::string(kHead) + "'");
    LockFile locks;
    PluginLock* current = nullptr;
    while (!text_.empty()) {
      const std::string_view line = next();
      if (line.starts_with("plugin ")) {
        current = &add_plugin(locks, line.substr(7));
      } else if (current == nullptr) {
        fail("expected 'plugin ID VERSION'");
      } else {
        add_file(*current, line);
      }
    }
    return locks;
  }

 private:
  std::string_view next() {
    ++line_;
    const size_t end = text_.find('\n');
    if (end == std::string_view::npos) fail("the end of the line is missing");
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return line;
  }

  PluginLock& add_plugin(LockFile& locks, std::string_view words) {
    const size_t blank = words.find(' ');
    const std::string_view id = words.substr(0, blank);
    if (blank == std::string_view::npos || !is_plugin_id(id) ||
        !is_semantic_version(words.substr(blank + 1))) {
      fail("expected 'plugin ID VERSION'");
    }
    const auto [at, is_new] = locks.try_emplace(std::string(id));
    if (!is_new) fail("'" + std::string(id) + "' is locked twice");
    at->second.id = id;
    at->second.version = words.substr(blank + 1);
    return at->second;
  }

  void add_file(PluginLock& lock, std::string_view line) {
    const bool formed = line.size() > kHashLength + 3 && is_sha256(line.substr(0, kHashLength)) &&
                        line[kHashLength] == ' ' && line[kHashLength + 2] == ' ' &&
                        (line[kHashLength + 1] == 'x' || line[kHashLength + 1] == '-');
    if (!formed || !is_plugin_file_path(line.substr(kHashLength + 3))) fail("expected 'SHA256 x|- PATH'");
    const std::string path(line.substr(kHashLength + 3));
    PluginLock::File file{std::string(line.substr(0, kHashLength)), line[kHashLength + 1] == 'x'};
    if (!lock.files.emplace(path, std::move(file)).second) fail("'" + path + "' is locked twice");
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw_invalid_parameter(file_.string() + ":" + std::to_string(line_) + ": The lock is damaged: " +
                            message + ". Install the plugins of this folder again with --force.");
  }

  std::string_view text_;
  fs::path file_;
  int line_ = 0;
};

}  // namespace

std::string PluginLock::to_text() const {
  std::string text = "plugin " + id + " " + version + "\n";
  for (const auto& [path, file] : files) {
    text.append(file.sha256).append(file.executable ? " x " : " - ").append(path).append("\n");
  }
  return text;
}

PluginLock::Files hash_files(const fs::path& folder) {
  PluginLock::Files files;
  for (const PluginFile& file : list_plugin_files(folder)) {
    if (file.path == kSignatureName) continue;
    files.emplace(file.path, PluginLock::File{sha256_of_file(folder / file.path), file.executable});
  }
  return files;
}

PluginLock lock_folder(const fs::path& folder) {
  const Manifest manifest = read_manifest(folder);
  return {manifest.id, manifest.version, hash_files(folder)};
}

LockFile read_lock_file(const fs::path& parent) {
  const fs::path file = parent / kLockName;
  std::string text;
  try {
    text = read_text_file(file, kLargestLockFile);
  } catch (const Error& fault) {
    if (fault.code() == ErrorCode::kResourceDoesNotExist) return {};
    throw;
  }
  return LockReader(text, file).read();
}

void write_lock_file(const fs::path& parent, const LockFile& locks) {
  std::string text = std::string(kHead) + "\n";
  for (const auto& [id, lock] : locks) text += lock.to_text();
  write_text_file(parent / kLockName, text);
}

std::vector<std::string> differences(const PluginLock::Files& locked, const PluginLock::Files& actual) {
  std::vector<std::string> found;
  for (const auto& [path, file] : locked) {
    const auto now = actual.find(path);
    if (now == actual.end()) {
      found.push_back("'" + path + "' is missing");
    } else if (now->second.sha256 != file.sha256) {
      found.push_back("'" + path + "' was changed");
    } else if (now->second.executable != file.executable) {
      found.push_back("'" + path + "' was made " + (file.executable ? "not " : "") + "executable");
    }
  }
  for (const auto& [path, file] : actual) {
    if (!locked.contains(path)) found.push_back("'" + path + "' was added");
  }
  return found;
}

}  // namespace millrace::plugin

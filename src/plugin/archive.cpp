#include "plugin/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/ids.h"
#include "plugin/file_text.h"
#include "plugin/lock.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPiece = 256 * 1024;

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

std::string reason(archive* source) {
  const char* text = archive_error_string(source);
  return text == nullptr ? "unknown reason" : text;
}

// Writes a plugin's files one after another.
class Packer {
 public:
  Packer(const fs::path& archive_file, const Descriptor& target)
      : file_(archive_file), writer_(archive_write_new()) {
    // GNU's form keeps names as the bytes they are, whatever the locale.
    require(archive_write_set_format_gnutar(writer_.get()));
    require(archive_write_add_filter_gzip(writer_.get()));
    require(archive_write_set_filter_option(writer_.get(), "gzip", "timestamp", nullptr));
    require(archive_write_open_fd(writer_.get(), target.get()));
  }

  void add_file(const fs::path& folder, const PluginFile& file) {
    const fs::path path = folder / file.path;
    const Descriptor source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!source.is_open()) throw_file_error("read", path, errno);
    begin(file);
    uint64_t left = file.size;
    std::string buffer(kPiece, '\0');
    while (left > 0) {
      const ssize_t count = ::read(source.get(), buffer.data(), std::min<uint64_t>(left, buffer.size()));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw_file_error("read", path, errno);
      if (count == 0) throw_invalid_parameter("'" + path.string() + "' was cut while it was packed.");
      write(std::string_view(buffer.data(), static_cast<size_t>(count)));
      left -= static_cast<uint64_t>(count);
    }
  }

  void add_text(const std::string& path, std::string_view content) {
    begin({path, content.size(), false});
    write(content);
  }

  void finish() { require(archive_write_close(writer_.get())); }

 private:
  void begin(const PluginFile& file) {
    const Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), file.executable ? 0755 : 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size));
    archive_entry_set_mtime(entry.get(), 0, 0);
    require(archive_write_header(writer_.get(), entry.get()));
  }

  void write(std::string_view bytes) {
    const la_ssize_t count = archive_write_data(writer_.get(), bytes.data(), bytes.size());
    if (count != static_cast<la_ssize_t>(bytes.size())) fail();
  }

  void require(int result) {
    if (result != ARCHIVE_OK) fail();
  }

  [[noreturn]] void fail() {
    const int code = archive_errno(writer_.get());
    if (code == ENOSPC || code == EACCES) throw_file_error("write", file_, code);
    throw Error(ErrorCode::kInternalError,
                "Cannot write '" + file_.string() + "': " + reason(writer_.get()) + ".");
  }

  fs::path file_;
  Writer writer_;
};

// Reads entries, trusting none of them.
class Unpacker {
 public:
  Unpacker(fs::path archive_file, const FileLimits& limits)
      : file_(std::move(archive_file)), limits_(limits), reader_(archive_read_new()) {
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_format_tar(reader_.get());
    if (archive_read_open_filename(reader_.get(), file_.c_str(), kPiece) != ARCHIVE_OK) fail_reading();
  }

  void unpack_into(const fs::path& folder) {
    archive_entry* entry = nullptr;
    while (next(&entry)) {
      if (++count_ > limits_.files) {
        refuse("it holds more than " + std::to_string(limits_.files) + " files and folders");
      }
      const std::string path = checked_path(entry);
      if (archive_entry_filetype(entry) == AE_IFDIR) {
        fs::create_directories(folder / path);
      } else {
        unpack_file(folder / path, path, (archive_entry_perm(entry) & S_IXUSR) != 0);
      }
    }
    if (count_ == 0) refuse("it is empty");
  }

 private:
  bool next(archive_entry** entry) {
    const int result = archive_read_next_header(reader_.get(), entry);
    if (result == ARCHIVE_EOF) return false;
    if (result != ARCHIVE_OK) fail_reading();
    return true;
  }

  // The path of a regular file or a folder.
  std::string checked_path(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    std::string path = name == nullptr ? "" : name;
    const auto type = archive_entry_filetype(entry);
    const bool link = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
    if (link || (type != AE_IFREG && type != AE_IFDIR)) {
      refuse("'" + path + "' is neither a regular file nor a folder");
    }
    if (type == AE_IFDIR && path.ends_with('/')) path.pop_back();
    if (!is_plugin_file_path(path, limits_)) {
      refuse("'" + path + "' is no path that a file of a plugin may have");
    }
    return path;
  }

  void unpack_file(const fs::path& target, const std::string& path, bool executable) {
    std::error_code fault;
    fs::create_directories(target.parent_path(), fault);
    const Descriptor file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 executable ? 0755 : 0644));
    if (!file.is_open() && (errno == EEXIST || errno == ENOTDIR)) refuse("'" + path + "' comes twice");
    if (!file.is_open()) throw_file_error("create", target, errno);
    std::string buffer(kPiece, '\0');
    while (true) {
      const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
      if (count < 0) fail_reading();
      if (count == 0) return;
      bytes_ += static_cast<uint64_t>(count);
      if (bytes_ > limits_.bytes) refuse("it holds more than " + std::to_string(limits_.bytes) + " bytes");
      write_all(file, target, std::string_view(buffer.data(), static_cast<size_t>(count)));
    }
  }

  [[noreturn]] void fail_reading() {
    const int code = archive_errno(reader_.get());
    if (code == ENOENT || code == EACCES) throw_file_error("read", file_, code);
    refuse("it is no tar compressed with gzip, or damaged (" + reason(reader_.get()) + ")");
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw_invalid_parameter("'" + file_.string() + "' cannot be used as the archive of a plugin: " + why +
                            ".");
  }

  fs::path file_;
  FileLimits limits_;
  Reader reader_;
  uint64_t count_ = 0;
  uint64_t bytes_ = 0;
};

void pack_into(const fs::path& folder, const std::vector<PluginFile>& files, const std::string& signature,
               const Descriptor& target, const fs::path& archive_file) {
  Packer packer(archive_file, target);
  for (const PluginFile& file : files) {
    if (file.path == kSignatureName && !signature.empty()) continue;
    packer.add_file(folder, file);
  }
  if (!signature.empty()) packer.add_text(kSignatureName, signature);
  packer.finish();
  if (fsync(target.get()) != 0) throw_file_error("write", archive_file, errno);
}

void refuse_to_pack_itself(const fs::path& folder, const fs::path& archive_file) {
  const fs::path inside = fs::weakly_canonical(archive_file).lexically_relative(fs::weakly_canonical(folder));
  if (inside.empty() || *inside.begin() == "..") return;
  throw_invalid_parameter("'" + archive_file.string() +
                          "' lies in the folder that is packed; name another place for the archive.");
}

}  // namespace

void pack_folder(const fs::path& folder, const std::string& signature, const fs::path& archive_file) {
  refuse_to_pack_itself(folder, archive_file);
  const std::vector<PluginFile> files = list_plugin_files(folder);
  const fs::path target = archive_file.string() + "." + random_token(8) + ".tmp";
  const Descriptor descriptor(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!descriptor.is_open()) throw_file_error("create", archive_file, errno);
  try {
    pack_into(folder, files, signature, descriptor, archive_file);
    if (::rename(target.c_str(), archive_file.c_str()) != 0) throw_file_error("replace", archive_file, errno);
  } catch (const Error&) {
    ::unlink(target.c_str());
    throw;
  }
}

void unpack_archive(const fs::path& archive_file, const fs::path& folder, const FileLimits& limits) {
  Unpacker(archive_file, limits).unpack_into(folder);
}

}  // namespace millrace::plugin

#include "files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sample_plugin {
namespace {

using namespace millrace;
namespace fs = std::filesystem;

ErrorCode code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case ENOENT:
      return ErrorCode::kResourceDoesNotExist;
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
      return ErrorCode::kInvalidParameterValue;
    default:
      return ErrorCode::kTemporarilyUnavailable;
  }
}

class FileSource : public ByteSource {
 public:
  FileSource(Descriptor file, uint64_t offset, uint64_t length)
      : file_(std::move(file)), at_(offset), left_(length) {}

  size_t read(std::span<char> buffer) override {
    const size_t wanted = std::min<uint64_t>(buffer.size(), left_);
    const ssize_t count = ::pread(file_.get(), buffer.data(), wanted, static_cast<off_t>(at_));
    if (count < 0) throw_file_error("A file cannot be read", errno);
    at_ += static_cast<uint64_t>(count);
    left_ = count == 0 ? 0 : left_ - static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }
  std::optional<uint64_t> remaining() const override { return left_; }

 private:
  Descriptor file_;
  uint64_t at_;
  uint64_t left_;
};

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && isxdigit(text[i + 1]) && isxdigit(text[i + 2]);
    decoded +=
        escaped ? static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)) : text[i];
    if (escaped) i += 2;
  }
  return decoded;
}

}  // namespace

void throw_file_error(const std::string& what, int code) {
  throw Error(code_of(code), what + ": " + std::strerror(code) + ".");
}

fs::path folder_of(const std::string& uri) {
  std::string_view path = std::string_view(uri).substr(uri.find(':') + 1);
  if (path.starts_with("///")) path.remove_prefix(2);
  std::string folder = percent_decoded(path);
  const bool absolute = folder.starts_with('/') && !folder.starts_with("//");
  if (!absolute || folder.find_first_of(std::string_view("?#\0", 3)) != std::string::npos)
    throw_invalid_parameter("The URI names no folder: write sample-name:/absolute/folder.");
  make_folder(folder);
  return folder;
}

v1::plugin::CheckReport check_folder(const fs::path& folder) {
  const bool writable = ::access(folder.c_str(), W_OK) == 0;
  v1::plugin::CheckReport report;
  auto& finding = *report.add_findings();
  finding.set_subject("folder");
  finding.set_outcome(writable ? v1::plugin::CheckReport::OUTCOME_FINE
                               : v1::plugin::CheckReport::OUTCOME_FAILED);
  finding.set_message(folder.string() + (writable ? " can be written"
                                                  : " cannot be written: give it to the user of the server"));
  return report;
}

void make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return sync_folder(folder.parent_path());
  const int code = errno;
  std::error_code fault;
  if (code == EEXIST && fs::is_directory(folder, fault)) return;
  if (code != ENOENT || !folder.has_relative_path())
    throw_file_error("The folder " + folder.string() + " cannot be made", code);
  make_folder(folder.parent_path());
  make_folder(folder);
}

void sync_folder(const fs::path& folder) {
  const Descriptor open = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(open.get()) != 0) throw_file_error("The folder " + folder.string() + " cannot be kept", errno);
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor open_file(const fs::path& path, int flags) {
  const int number = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (number < 0) throw_file_error("'" + path.filename().string() + "' cannot be opened", errno);
  return Descriptor(number);
}

void write_all(const Descriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_file_error("A file cannot be written", errno);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

NewFile::NewFile(const fs::path& folder) {
  std::string name = (folder / "XXXXXX").string();
  const int number = ::mkostemp(name.data(), O_CLOEXEC);
  if (number < 0) throw_file_error("A file cannot be made", errno);
  unfinished_ = name;
  file_ = Descriptor(number);
}

NewFile::~NewFile() {
  if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
}

void NewFile::move_to(const fs::path& path) {
  ::fchmod(file_.get(), 0644);
  if (::fsync(file_.get()) != 0) throw_file_error("A file cannot be kept", errno);
  if (::rename(unfinished_.c_str(), path.c_str()) != 0)
    throw_file_error("The file '" + path.filename().string() + "' cannot be made", errno);
  unfinished_.clear();
  sync_folder(path.parent_path());
}

std::unique_ptr<ByteSource> read_file(const fs::path& path, uint64_t offset, uint64_t length) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG;
  if (file.get() < 0 && absent) throw_not_found("There is no file '" + path.filename().string() + "'.");
  if (file.get() < 0) throw_file_error("The file '" + path.filename().string() + "' cannot be read", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_file_error("A file cannot be read", errno);
  if (!S_ISREG(status.st_mode)) throw_not_found("There is no file '" + path.filename().string() + "'.");
  const auto size = static_cast<uint64_t>(status.st_size);
  offset = std::min(offset, size);
  const uint64_t rest = size - offset;
  return std::make_unique<FileSource>(std::move(file), offset, length == 0 ? rest : std::min(length, rest));
}

}  // namespace sample_plugin

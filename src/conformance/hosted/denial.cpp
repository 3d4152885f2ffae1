#include "conformance/hosted/denial.h"

#include "conformance/subject.h"

namespace millrace::conformance {
namespace {

namespace fs = std::filesystem;

// A regular file below the folder that the process has open; empty when there is none.
std::string open_file_below(const fs::path& folder, pid_t process) {
  const std::string start = folder.string() + "/";
  std::error_code gone;
  for (fs::directory_iterator entry("/proc/" + std::to_string(process) + "/fd", gone), end;
       !gone && entry != end; entry.increment(gone)) {
    std::error_code ignored;
    const std::string file = fs::read_symlink(entry->path(), ignored).string();
    if (file.starts_with(start)) return file.substr(start.size());
  }
  return "";
}

}  // namespace

FileSizeDenial::FileSizeDenial(const std::vector<pid_t>& processes) {
  for (const pid_t process : processes) {
    rlimit limit{};
    if (prlimit(process, RLIMIT_FSIZE, nullptr, &limit) != 0) continue;  // it has ended
    const rlimit none{0, limit.rlim_max};
    if (prlimit(process, RLIMIT_FSIZE, &none, nullptr) == 0) before_.emplace(process, limit);
  }
  if (before_.empty()) throw NotApplicable("the size of the files of its process cannot be limited");
}

FileSizeDenial::~FileSizeDenial() {
  for (const auto& [process, limit] : before_) prlimit(process, RLIMIT_FSIZE, &limit, nullptr);
}

PermissionDenial::PermissionDenial(fs::path folder, const std::vector<pid_t>& processes)
    : folder_(std::move(folder)), before_(fs::status(folder_).permissions()) {
  for (const pid_t process : processes) {
    const std::string file = open_file_below(folder_, process);
    if (!file.empty())
      throw NotApplicable("it holds '" + file + "' open, which taking permissions away does not touch");
  }
  fs::permissions(folder_, fs::perms::none);
}

PermissionDenial::~PermissionDenial() {
  std::error_code ignored;
  fs::permissions(folder_, before_, ignored);
}

bool has_files(const fs::path& folder) {
  std::error_code fault;
  for (fs::recursive_directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored) && entry->file_size(ignored) > 0) return true;
  }
  return false;
}

}  // namespace millrace::conformance

#include "job_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "millrace/registration.h"

namespace sample_plugin {
namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr const char* kPrefix = "sample-plugin-";

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  if (!stream) throw Error(ErrorCode::kTemporarilyUnavailable, "'" + file.string() + "' cannot be written.");
}

}  // namespace

JobFolder JobFolder::make(const std::string& storage_directory) {
  std::string name = (fs::path(storage_directory) / (std::string(kPrefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(
        ErrorCode::kTemporarilyUnavailable,
        "No folder for the job can be made in '" + storage_directory + "': " + std::strerror(errno) + ".");
  }
  return JobFolder(name);
}

JobFolder JobFolder::find(const std::string& job_id) {
  const fs::path folder(job_id);
  std::error_code fault;
  const bool known = folder.is_absolute() && folder.filename().string().starts_with(kPrefix) &&
                     fs::is_regular_file(folder / "group", fault);
  if (!known) throw_not_found("There is no job '" + job_id.substr(0, 200) + "'.");
  return JobFolder(folder);
}

void JobFolder::set_group(pid_t group) const {
  write(folder_ / "group", std::to_string(group));
}

pid_t JobFolder::group() const {
  return static_cast<pid_t>(std::atoi(text_of(folder_ / "group").c_str()));
}

std::optional<int> JobFolder::exit_status() const {
  const std::string text = text_of(exit_file());
  return text.empty() ? std::nullopt : std::optional(std::atoi(text.c_str()));
}

bool JobFolder::is_running() const {
  const std::string status = text_of("/proc/" + std::to_string(group()) + "/stat");
  const size_t end_of_name = status.rfind(") ");
  return end_of_name != std::string::npos && status.substr(end_of_name + 2, 1) != "Z";
}

void JobFolder::mark_cancelled() const {
  write(folder_ / "cancelled", "");
}

bool JobFolder::is_cancelled() const {
  std::error_code fault;
  return fs::exists(folder_ / "cancelled", fault);
}

}  // namespace sample_plugin

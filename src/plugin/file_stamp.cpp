#include "plugin/file_stamp.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace millrace::plugin {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;
constexpr int64_t kCoarsestTick = 2 * kNanoseconds;

int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size),
                   nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

bool is_ours_alone(const std::filesystem::path& file) {
  struct stat status {};
  return lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool is_settled(const FileStamp& stamp, int64_t now) {
  return std::max(stamp.modified, stamp.changed) + kCoarsestTick < now;
}

}  // namespace millrace::plugin

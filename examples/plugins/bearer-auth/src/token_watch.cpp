#include "token_watch.h"

#include "base/error.h"

using millrace::Error;
using millrace::ErrorCode;

namespace {

// What is not there is like no file: its stamp is all zeros.
struct stat stamp_of(const std::string& path) {
  struct stat stamp {};
  if (stat(path.c_str(), &stamp) != 0) stamp = {};
  return stamp;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

TokenWatch::TokenWatch(std::string path, std::function<void(const std::string&)> tell)
    : path_(std::move(path)), tell_(std::move(tell)), seen_(stamp_of(path_)) {
  tokens_ = std::make_shared<const TokenFile>(path_);
}

std::shared_ptr<const TokenFile> TokenWatch::current() {
  const std::lock_guard lock(mutex_);
  const Stamp now = stamp_of(path_);
  if (has_changed(now)) read(now);
  if (tokens_ == nullptr)
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "Nobody can be authenticated now; the server's log tells why.");
  return tokens_;
}

// The inode tells files apart that were put in place within one tick of the clock.
bool TokenWatch::has_changed(const Stamp& now) const {
  return now.st_ino != seen_.st_ino || now.st_size != seen_.st_size ||
         !same_time(now.st_mtim, seen_.st_mtim) || !same_time(now.st_ctim, seen_.st_ctim);
}

// The stamp is older than what is read, so that a change in between is seen the next time.
void TokenWatch::read(const Stamp& now) {
  seen_ = now;
  tokens_.reset();
  try {
    tokens_ = std::make_shared<const TokenFile>(path_);
  } catch (const Error& error) {
    tell_(std::string("Nobody is let in: ") + error.what());
  }
}

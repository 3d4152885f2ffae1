#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "files.h"

namespace sample_plugin {

/// A file that only grows: the records of everything that was ever written, in order. A record is there as a
/// whole or not at all, which makes each write atomic: its length and its check sum stand before it, and a
/// record that a crash left unfinished is cut off by the next writer. Many processes may share a journal;
/// each follows what the others append. Any thread.
class Journal {
 public:
  /// Takes each record, old or new, of this process or another, once and in order; by one thread at a time.
  /// Whether something may happen is decided before it is recorded, so it does not fail.
  using Apply = std::function<void(int kind, std::string_view content)>;
  /// Makes a record durable and has it applied. RESOURCE_EXHAUSTED when the disk is full.
  using Append = std::function<void(int kind, const std::string& content)>;

  Journal(const std::filesystem::path& path, Apply apply);

  /// While `look` runs everything that was answered to any writer has been applied, and nothing changes.
  template <typename Look>
  auto read(Look look) {
    const std::lock_guard lock(mutex_);
    follow();
    return look();
  }

  /// The same, and no other process writes. `write` is given an Append.
  template <typename Write>
  auto write(Write write) {
    const std::lock_guard lock(mutex_);
    const FileLock file_lock(file_);
    catch_up();
    return write(Append([this](int kind, const std::string& content) { append(kind, content); }));
  }

 private:
  // Held by the process that writes.
  class FileLock {
   public:
    explicit FileLock(const Descriptor& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

   private:
    const Descriptor& file_;
  };

  void follow();
  void catch_up();
  bool apply_next(uint64_t size);
  void append(int kind, const std::string& content);

  Descriptor file_;
  Apply apply_;
  std::mutex mutex_;
  uint64_t end_ = 0;  // of what was applied
};

}  // namespace sample_plugin

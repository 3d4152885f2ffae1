#include "sql/coalescing_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"

namespace millrace::sql {
namespace {

constexpr char kName[] = "millrace-coalescing";
// SQLite's own layer takes the length of a write modulo 128 KiB (os_unix.c, seekAndWriteFd): a longer one
// would be cut.
constexpr size_t kLargestWrite = 0x1ffff;

// Bytes that follow each other in the file and were not handed to it yet.
class PendingWrite {
 public:
  bool continues_at(sqlite3_int64 offset, size_t count) const {
    return !bytes_.empty() && offset == start_ + static_cast<sqlite3_int64>(bytes_.size()) &&
           bytes_.size() + count <= kLargestWrite;
  }
  void add(const void* data, size_t count, sqlite3_int64 offset) {
    if (bytes_.empty()) start_ = offset;
    const auto* first = static_cast<const char*>(data);
    bytes_.insert(bytes_.end(), first, first + count);
  }
  // What could not be written is given up: SQLite is told, and fails the transaction that it belongs to.
  int flush(sqlite3_file& file) {
    if (bytes_.empty()) return SQLITE_OK;
    const int code = file.pMethods->xWrite(&file, bytes_.data(), static_cast<int>(bytes_.size()), start_);
    bytes_.clear();
    return code;
  }

 private:
  std::vector<char> bytes_;
  sqlite3_int64 start_ = 0;
};

// A log that is open: our part, and the file of the layer below right behind it, as SQLite allocates both.
struct LogFile {
  sqlite3_file base;
  PendingWrite* pending;
};

PendingWrite& pending(sqlite3_file* file) {
  return *reinterpret_cast<LogFile*>(file)->pending;
}
sqlite3_file& below(sqlite3_file* file) {
  return *reinterpret_cast<sqlite3_file*>(reinterpret_cast<LogFile*>(file) + 1);
}

// SQLite is C: nothing may be thrown through it.
int write(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) noexcept {
  PendingWrite& waiting = pending(file);
  const auto size = static_cast<size_t>(count);
  if (!waiting.continues_at(offset, size)) {
    const int code = waiting.flush(below(file));
    if (code != SQLITE_OK) return code;
  }
  try {
    waiting.add(data, size, offset);
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

// Runs `action` on the file below after all that was written before it.
template <typename Action>
int after_flush(sqlite3_file* file, Action action) noexcept {
  const int code = pending(file).flush(below(file));
  return code == SQLITE_OK ? action(below(file)) : code;
}

int read(sqlite3_file* file, void* data, int count, sqlite3_int64 offset) {
  return after_flush(file, [&](sqlite3_file& log) { return log.pMethods->xRead(&log, data, count, offset); });
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return after_flush(file, [&](sqlite3_file& log) { return log.pMethods->xTruncate(&log, size); });
}
int sync(sqlite3_file* file, int flags) {
  return after_flush(file, [&](sqlite3_file& log) { return log.pMethods->xSync(&log, flags); });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return after_flush(file, [&](sqlite3_file& log) { return log.pMethods->xFileSize(&log, size); });
}
int lock(sqlite3_file* file, int level) {
  return below(file).pMethods->xLock(&below(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return below(file).pMethods->xUnlock(&below(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* result) {
  return below(file).pMethods->xCheckReservedLock(&below(file), result);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return below(file).pMethods->xFileControl(&below(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return below(file).pMethods->xSectorSize(&below(file));
}
int device_characteristics(sqlite3_file* file) {
  return below(file).pMethods->xDeviceCharacteristics(&below(file));
}
int close(sqlite3_file* file) {
  const int flushed = pending(file).flush(below(file));
  const int closed = below(file).pMethods->xClose(&below(file));
  delete reinterpret_cast<LogFile*>(file)->pending;
  return flushed == SQLITE_OK ? closed : flushed;
}

constexpr sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = file_size;
  methods.xLock = lock;
  methods.xUnlock = unlock;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = file_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = device_characteristics;
  return methods;
}();

sqlite3_vfs& default_vfs() {
  return *sqlite3_vfs_find(nullptr);
}

// Every file but the log is the default layer's own, untouched.
int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs& base = default_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return base.xOpen(&base, name, file, flags, out_flags);
  auto* log = reinterpret_cast<LogFile*>(file);
  log->base.pMethods = nullptr;
  std::unique_ptr<PendingWrite> waiting(new (std::nothrow) PendingWrite);
  if (waiting == nullptr) return SQLITE_NOMEM;
  const int code = base.xOpen(&base, name, &below(file), flags, out_flags);
  if (code != SQLITE_OK) {
    if (below(file).pMethods != nullptr) below(file).pMethods->xClose(&below(file));
    return code;
  }
  log->pending = waiting.release();
  log->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int register_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = default_vfs();
    copy.pNext = nullptr;
    copy.zName = kName;
    copy.szOsFile += static_cast<int>(sizeof(LogFile));
    copy.xOpen = open;
    return copy;
  }();
  return sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

const char* coalescing_vfs() {
  static const int code = register_vfs();
  if (code != SQLITE_OK) {
    throw Error(ErrorCode::kInternalError,
                std::string("SQLite does not take the file layer of its writer: ") + sqlite3_errstr(code));
  }
  return kName;
}

}  // namespace millrace::sql

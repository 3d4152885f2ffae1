#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace millrace::conformance {

/// Why a check says nothing about a subject, in a sentence that the report shows.
class NotApplicable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a process holds.
struct Footprint {
  uint64_t memory_bytes = 0;  ///< Resident and private; pages of mapped files do not count.
  int64_t descriptors = 0;
};

/// Reads it from /proc. Throws NotApplicable when the process is not there or is not ours to see.
Footprint footprint_of(int64_t process_id);

/// What can befall the place where a subject keeps its data.
enum class Denial {
  kSpace,   ///< Nothing more can be written: the disk is full.
  kAccess,  ///< Nothing may be read or written: a permission was taken away.
};

/// What can be done to a subject of any kind beside calling it. What a subject cannot offer throws
/// NotApplicable with the reason, as the functions here do.
class SubjectControls {
 public:
  virtual ~SubjectControls() = default;

  /// Ends the process that serves the subject with SIGKILL and waits until it is gone. May be called while
  /// other threads have calls in flight, which then fail. What was opened before is of no use any more.
  virtual void kill() { throw NotApplicable("it runs inside this process, which cannot be killed"); }

  /// Of the process that serves the subject.
  virtual Footprint footprint() {
    throw NotApplicable("it runs inside this process, whose memory is not its own");
  }

  /// From the return of this on the place of the data behaves as `denial` says, until permit().
  virtual void deny(Denial) {
    throw NotApplicable("there is no way to take its disk space or permissions away");
  }
  virtual void permit() {}

  /// An input that this subject understands and no kit can know, such as a credential that is valid. Which
  /// there are stands beside the kits (kits.h).
  virtual std::string sample(const std::string& name) {
    throw NotApplicable("no sample '" + name + "' is given");
  }
};

/// What a kit runs against: one thing of a kind that can be opened, opened again and, where possible, killed
/// and denied its storage. A runner makes one for each check and uses it from one thread but for kill(); what
/// it opens may be called from any thread.
template <typename Interface>
class Subject : public SubjectControls {
 public:
  /// Opens it with no data in it; what is opened this way does not see the data of earlier ones.
  virtual std::shared_ptr<Interface> open_new() = 0;

  /// Opens what open_new() made last once more, with its data, after it was killed or beside the one that is
  /// still open, as a second server would.
  virtual std::shared_ptr<Interface> reopen() = 0;

  /// Whether the optional operations of that name are there.
  virtual bool declares(const std::string& capability) const = 0;
};

/// Makes a subject. Called on the thread of the check, once for each.
template <typename Interface>
using SubjectFactory = std::function<std::shared_ptr<Subject<Interface>>()>;

}  // namespace millrace::conformance

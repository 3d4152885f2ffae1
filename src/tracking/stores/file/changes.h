#pragma once

#include <string>
#include <vector>

#include "tracking/stores/file/root.h"

namespace millrace::tracking::files {

/// Changes of files that belong together. One alone is a single write or rename; several are first written
/// down in a journal beside the index, from which they are finished when the process ends in the middle.
/// Whoever makes them holds the locks of what they touch. Paths are relative to the root, their folders are
/// made where they lack.
class Changes {
 public:
  explicit Changes(const Root& root) : root_(root) {}

  /// The file will have this content.
  void put(const std::string& path, const std::string& content);
  /// Whole lines that are added to the file, in one write; several to one file become one.
  void append(const std::string& path, const std::string& lines);
  /// Removes a file or a folder with all that is in it. One that is not there is no fault.
  void remove(const std::string& path);
  /// Moves a folder to where none is.
  void move(const std::string& from, const std::string& to);
  /// Makes a folder with what is in it.
  void make_folder(const std::string& path);

  /// Does them. When this returns they have reached the disk; when it throws they were taken back, as far as
  /// the disk allows. INVALID_PARAMETER_VALUE when a key would have to be a file and a folder at once.
  void commit();

  /// Finishes what processes that are gone have left in the middle. Costs one look when there is nothing.
  static void finish_interrupted(const Root& root, const Complain& tell);

  struct Step {
    enum class Kind : char { kPut = 'p', kAppend = 'a', kRemove = 'r', kMove = 'm', kMakeFolder = 'f' };
    Kind kind;
    std::string path;
    std::string content;  ///< of kMove: where to
    int64_t size = -1;    ///< of kAppend: bytes before
  };

 private:
  void apply_all();

  const Root& root_;
  std::vector<Step> steps_;
};

}  // namespace millrace::tracking::files

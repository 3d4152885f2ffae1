#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/path_message.h"
#include "conformance/check.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::conformance {

/// An artifact repository with the words that its checks are written in. Any thread.
class RepositoryWords {
 public:
  explicit RepositoryWords(std::shared_ptr<ArtifactRepository> repository)
      : repository_(std::move(repository)) {}

  ArtifactRepository* operator->() const { return repository_.get(); }

  /// Writes a whole file in pieces of at most 1 MiB.
  void put(const std::string& path, std::string_view content) const;
  /// Begins to write one and leaves it open.
  std::unique_ptr<ByteSink> begin(const std::string& path, std::string_view content) const;
  /// Reads a whole file, in pieces of an odd size.
  std::string get(const std::string& path) const;
  /// Reads `length` bytes from `offset` on; 0: to the end.
  std::string get_part(const std::string& path, int64_t offset, int64_t length) const;
  bool is_there(const std::string& path) const;
  void remove(const std::string& path) const;
  /// Paths of the direct children in the order that they come in; folders end with '/'.
  std::vector<std::string> list(const std::string& path) const;

  // ---- capability "multipart" ----

  std::string begin_multipart(const std::string& path, int64_t parts) const;
  void put_part(const std::string& upload, int64_t number, std::string_view content) const;
  void complete(const std::string& upload, const std::string& path, const std::vector<int64_t>& parts) const;
  void abort(const std::string& upload, const std::string& path) const;

 private:
  std::shared_ptr<ArtifactRepository> repository_;
};

/// A message for a folder or file.
inline v1::plugin::ArtifactPath at_path(const std::string& path) {
  return artifacts::path_message<v1::plugin::ArtifactPath>(path);
}

/// Throws Failure that shows both lists unless they are equal.
void require_listing(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                     const std::string& what);

/// Throws Failure, without showing the bytes, unless they are equal.
void require_content(std::string_view found, std::string_view expected, const std::string& what);

using RepositoryCheck = Check<ArtifactRepository>;
using RepositorySubject = Subject<ArtifactRepository>;

/// A check that needs a new repository and nothing else.
RepositoryCheck on_new_repository(const std::string& name, void (*run)(const RepositoryWords&));
/// The same for repositories that declare a capability.
RepositoryCheck with_capability(const std::string& capability, const std::string& name,
                                void (*run)(const RepositoryWords&));

}  // namespace millrace::conformance

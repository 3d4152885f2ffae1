#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

void a_full_disk_refuses(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  subject.deny(Denial::kSpace);
  require_refusal([&] { repository.put("f", std::string(1 << 20, 'x')); }, "a file on a full disk");
  subject.permit();
  require(!repository.is_there("f"), "a file that was refused is read");
  require_listing(repository.list(""), {}, "the listing after a file was refused");
}

void a_full_disk_keeps_the_older_content(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  repository.put("f", "old");
  subject.deny(Denial::kSpace);
  require_refusal([&] { repository.put("f", std::string(1 << 20, 'n')); }, "an overwrite on a full disk");
  subject.permit();
  require_content(repository.get("f"), "old", "the file whose overwrite was refused");
}

void space_makes_it_work_again(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  subject.deny(Denial::kSpace);
  require_refusal([&] { repository.put("f", std::string(1 << 20, 'x')); }, "a file on a full disk");
  subject.permit();
  repository.put("f", "new");
  require_content(repository.get("f"), "new", "a file that was written after there was space again");
}

void a_denied_file_is_not_missing(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  repository.put("f", "x");
  subject.deny(Denial::kAccess);
  const auto code = require_refusal([&] { repository.get("f"); }, "reading a file without permission");
  require(code != ErrorCode::kResourceDoesNotExist, "a file that may not be read is told not to exist");
}

void a_denied_listing_is_not_empty(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  repository.put("f", "x");
  subject.deny(Denial::kAccess);
  require_refusal([&] { repository.list(""); }, "listing a folder without permission");
}

void a_denied_change_is_refused(RepositorySubject& subject, const Effort&) {
  const RepositoryWords repository(subject.open_new());
  repository.put("f", "x");
  subject.deny(Denial::kAccess);
  require_refusal([&] { repository.put("g", "x"); }, "writing a file without permission");
  require_refusal([&] { repository.remove("f"); }, "deleting a file without permission");
  subject.permit();
  require_listing(repository.list(""), {"f"}, "the listing after both were refused");
}

}  // namespace

std::vector<RepositoryCheck> repository_refusal_checks() {
  return {
      {Theme::kRefusal, "a file that finds the disk full is refused and not seen", a_full_disk_refuses},
      {Theme::kRefusal, "an overwrite that finds the disk full leaves the older content",
       a_full_disk_keeps_the_older_content},
      {Theme::kRefusal, "a repository takes files again once there is space", space_makes_it_work_again},
      {Theme::kRefusal, "a file that may not be read is not told to be missing",
       a_denied_file_is_not_missing},
      {Theme::kRefusal, "a folder that may not be listed is not told to be empty",
       a_denied_listing_is_not_empty},
      {Theme::kRefusal, "a change without permission is refused", a_denied_change_is_refused},
  };
}

}  // namespace millrace::conformance

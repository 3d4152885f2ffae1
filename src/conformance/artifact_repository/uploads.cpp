#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

void a_file_appears_at_its_end(const RepositoryWords& repository) {
  const auto sink = repository.begin("folder/f", "x");
  require_listing(repository.list("folder"), {}, "the listing while a file is written");
  require(!repository.is_there("folder/f"), "a file is read before its end");
  sink->commit();
  require_content(repository.get("folder/f"), "x", "the file after its end");
}

void older_content_stays_until_the_end(const RepositoryWords& repository) {
  repository.put("f", "old");
  const auto sink = repository.begin("f", "newer");
  require_content(repository.get("f"), "old", "the file while it is replaced");
  sink->commit();
  require_content(repository.get("f"), "newer", "the file after it was replaced");
}

void a_broken_upload_leaves_nothing(const RepositoryWords& repository) {
  repository.begin("folder/f", std::string(300'000, 'x'));
  require_listing(repository.list("folder"), {}, "the listing after an upload that was given up");
  require(!repository.is_there("folder/f"), "a file whose upload was given up is read");
}

void a_broken_overwrite_leaves_the_older_content(const RepositoryWords& repository) {
  repository.put("f", "old");
  repository.begin("f", std::string(300'000, 'x'));
  require_content(repository.get("f"), "old", "a file whose overwrite was given up");
  require_listing(repository.list(""), {"f"}, "the listing after an overwrite that was given up");
}

}  // namespace

std::vector<RepositoryCheck> upload_checks() {
  return {
      on_new_repository("a file appears at its end and not before", a_file_appears_at_its_end),
      on_new_repository("older content stays until an overwrite is at its end",
                        older_content_stays_until_the_end),
      on_new_repository("an upload that is given up leaves nothing", a_broken_upload_leaves_nothing),
      on_new_repository("an overwrite that is given up leaves the older content",
                        a_broken_overwrite_leaves_the_older_content),
  };
}

}  // namespace millrace::conformance

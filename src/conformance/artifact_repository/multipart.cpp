#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

void parts_join_in_order(const RepositoryWords& repository) {
  const std::string id = repository.begin_multipart("a/big", 3);
  repository.put_part(id, 3, "three");
  repository.put_part(id, 1, "one-");
  repository.put_part(id, 2, "two-");
  repository.complete(id, "a/big", {1, 2, 3});
  require_content(repository.get("a/big"), "one-two-three", "the file made of three parts");
}

void the_last_of_a_number_counts(const RepositoryWords& repository) {
  const std::string id = repository.begin_multipart("big", 2);
  repository.put_part(id, 1, "a part that was sent before");
  repository.put_part(id, 2, "two");
  repository.put_part(id, 1, "one-");
  repository.complete(id, "big", {1, 2});
  require_content(repository.get("big"), "one-two", "the file with a part that was sent twice");
}

void parts_are_not_seen(const RepositoryWords& repository) {
  const std::string id = repository.begin_multipart("big", 1);
  repository.put_part(id, 1, "one");
  require_listing(repository.list(""), {}, "the listing before an upload in parts is complete");
  repository.complete(id, "big", {1});
  require_listing(repository.list(""), {"big"}, "the listing after it");
}

void an_aborted_upload_leaves_nothing(const RepositoryWords& repository) {
  const std::string id = repository.begin_multipart("big", 1);
  repository.put_part(id, 1, "one");
  repository.abort(id, "big");
  require_listing(repository.list(""), {}, "the listing after an upload in parts was aborted");
  require_refusal([&] { repository.complete(id, "big", {1}); }, "completing an upload that was aborted");
}

void a_missing_part_is_refused(const RepositoryWords& repository) {
  repository.put("big", "old");
  const std::string id = repository.begin_multipart("big", 2);
  repository.put_part(id, 1, "one");
  require_refusal([&] { repository.complete(id, "big", {1, 2}); }, "completing an upload that lacks a part");
  require_content(repository.get("big"), "old", "the older file after that");
}

void uploads_do_not_mix(const RepositoryWords& repository) {
  const std::string first = repository.begin_multipart("f", 1), second = repository.begin_multipart("f", 1);
  require(first != second, "two uploads of one file have the same id");
  repository.put_part(first, 1, "first");
  repository.put_part(second, 1, "second");
  repository.complete(second, "f", {1});
  require_content(repository.get("f"), "second", "the file after the second upload");
  repository.complete(first, "f", {1});
  require_content(repository.get("f"), "first", "the file after the first upload");
}

RepositoryCheck check(const std::string& name, void (*run)(const RepositoryWords&)) {
  return with_capability("multipart", name, run);
}

}  // namespace

std::vector<RepositoryCheck> multipart_checks() {
  return {
      check("parts join in the order of their numbers", parts_join_in_order),
      check("of a part that is sent again the last counts", the_last_of_a_number_counts),
      check("parts are not seen before the upload is complete", parts_are_not_seen),
      check("an aborted upload in parts leaves nothing", an_aborted_upload_leaves_nothing),
      check("an upload that lacks a part is refused and the older file stays", a_missing_part_is_refused),
      check("two uploads of one file do not mix", uploads_do_not_mix),
  };
}

}  // namespace millrace::conformance

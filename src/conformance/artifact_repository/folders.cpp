#include <algorithm>

#include "conformance/artifact_repository/checks.h"
#include "conformance/crew.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

void a_new_repository_is_empty(const RepositoryWords& repository) {
  require_listing(repository.list(""), {}, "the listing of a new repository");
}

void the_root_lists_files_and_folders(const RepositoryWords& repository) {
  for (const char* path : {"z.txt", "b/inner.txt", "a.txt", "m/n/o.txt"}) repository.put(path, "x");
  require_listing(repository.list(""), {"a.txt", "b/", "m/", "z.txt"}, "the listing of the root");
}

void a_folder_lists_direct_children(const RepositoryWords& repository) {
  for (const char* path : {"top", "a/x", "a/b/y", "a/b/c/z", "a/w"}) repository.put(path, "x");
  require_listing(repository.list("a"), {"a/b/", "a/w", "a/x"}, "the listing of a folder");
  require_listing(repository.list("a/b"), {"a/b/c/", "a/b/y"}, "the listing of a folder in a folder");
}

void a_listing_is_sorted(const RepositoryWords& repository) {
  std::vector<std::string> expected;
  for (const char* name : {"10", "9", "B", "a", "A", "b", "_", "1"}) {
    repository.put("f/" + std::string(name), "x");
    expected.push_back("f/" + std::string(name));
  }
  std::sort(expected.begin(), expected.end());
  require_listing(repository.list("f"), expected,
                  "the listing, which is to be sorted by the bytes of the path");
}

void a_listing_tells_sizes(const RepositoryWords& repository) {
  repository.put("f", std::string(12'345, 'x'));
  repository.put("g", "");
  repository.put("h/inner", "x");
  const auto listing = repository->list(kContext, at_path(""));
  require_count(listing.files_size(), 3, "entries");
  require_count(listing.files(0).file_size(), 12'345, "the size of a file");
  require_count(listing.files(1).file_size(), 0, "the size of an empty file");
  require(listing.files(2).is_dir(), "a folder is listed as a file");
}

void a_file_has_no_children(const RepositoryWords& repository) {
  repository.put("a/f", "x");
  require_listing(repository.list("a/f"), {}, "the listing of a file");
}

void nothing_has_no_children(const RepositoryWords& repository) {
  repository.put("a/f", "x");
  require_listing(repository.list("unknown"), {}, "the listing of what is not there");
  require_listing(repository.list("a/unknown/deeper"), {}, "the listing of what is not there");
}

void the_beginning_of_a_name_is_no_folder(const RepositoryWords& repository) {
  for (const char* path : {"model/f", "model-2/f", "model.txt", "mod/f"}) repository.put(path, "x");
  require_listing(repository.list("model"), {"model/f"}, "the listing of a folder");
  require_listing(repository.list("mode"), {}, "the listing of the beginning of a name");
}

void a_folder_is_deleted_whole(const RepositoryWords& repository) {
  for (const char* path : {"a/b/c", "a/b/d/e", "a/bb", "a/b.txt"}) repository.put(path, "x");
  repository.remove("a/b");
  require_listing(repository.list("a"), {"a/b.txt", "a/bb"}, "the listing after the deletion of a folder");
  require(!repository.is_there("a/b/c") && !repository.is_there("a/b/d/e"),
          "a file of a deleted folder is still read");
  require_listing(repository.list("a/b"), {}, "the listing of the deleted folder");
}

void the_root_is_emptied(const RepositoryWords& repository) {
  for (const char* path : {"f", "a/b/c"}) repository.put(path, "x");
  repository.remove("");
  require_listing(repository.list(""), {}, "the listing after the deletion of the root");
  repository.put("f", "new");
  require_content(repository.get("f"), "new", "a file that was written after that");
}

// More than the page of any listing API.
void large_folders_are_listed_whole(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  const int count = effort.of(2100, 1100);
  all_at_once(16, [&](int number) {
    for (int i = number; i < count; i += 16) repository.put("many/" + std::to_string(i), "x");
  });
  const auto names = repository.list("many");
  require_count(static_cast<int64_t>(names.size()), count, "entries of a folder with as many files");
  require(std::is_sorted(names.begin(), names.end()), "they are not sorted by path");
}

}  // namespace

std::vector<RepositoryCheck> folder_checks() {
  return {
      on_new_repository("a new repository is empty", a_new_repository_is_empty),
      on_new_repository("the root lists its files and folders", the_root_lists_files_and_folders),
      on_new_repository("a folder lists its direct children alone", a_folder_lists_direct_children),
      on_new_repository("a listing is sorted by path", a_listing_is_sorted),
      on_new_repository("a listing tells sizes and which are folders", a_listing_tells_sizes),
      on_new_repository("the listing of a file is empty", a_file_has_no_children),
      on_new_repository("the listing of what is not there is empty", nothing_has_no_children),
      on_new_repository("the beginning of a name is not taken for a folder",
                        the_beginning_of_a_name_is_no_folder),
      on_new_repository("a folder is deleted with all below it and nothing beside it",
                        a_folder_is_deleted_whole),
      on_new_repository("deleting the root empties the repository", the_root_is_emptied),
      {Theme::kCorrectness, "a folder with thousands of files is listed whole",
       large_folders_are_listed_whole},
  };
}

}  // namespace millrace::conformance

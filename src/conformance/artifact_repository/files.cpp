#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

void a_file_at_the_root_comes_back(const RepositoryWords& repository) {
  repository.put("root.txt", "at the root");
  require_content(repository.get("root.txt"), "at the root", "a file at the root");
}

void a_file_in_folders_comes_back(const RepositoryWords& repository) {
  repository.put("a/b/c/deep.txt", "deep");
  repository.put("a/b/other.txt", "other");
  require_content(repository.get("a/b/c/deep.txt"), "deep", "a file in nested folders");
  require_content(repository.get("a/b/other.txt"), "other", "a file in the folder above");
}

void an_empty_file_comes_back(const RepositoryWords& repository) {
  repository.put("empty", "");
  require_content(repository.get("empty"), "", "an empty file");
  require_listing(repository.list(""), {"empty"}, "the listing");
}

void every_byte_comes_back(const RepositoryWords& repository) {
  std::string bytes = "\r\n\xef\xbb\xbf";
  for (int round = 0; round < 3; ++round) {
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  }
  repository.put("bytes.bin", bytes);
  require_content(repository.get("bytes.bin"), bytes, "a file with bytes of every value");
}

void names_come_back(const RepositoryWords& repository) {
  const std::vector<std::string> names{" blank in front",
                                       "a b.txt",
                                       "a%20b.txt",
                                       "100%.txt",
                                       "a+b&c=d.txt",
                                       "caf\xc3\xa9.txt",
                                       "\xf0\x9f\x9a\x80.bin",
                                       "quote'\".txt",
                                       ".hidden",
                                       "$HOME",
                                       "*?[x]",
                                       "a;b,c",
                                       "dots..in..it",
                                       "\xe5\xae\x9f/\xe9\xa8\x93.txt"};
  for (const std::string& name : names) repository.put("names/" + name, "content of " + name);
  for (const std::string& name : names) {
    require(repository.is_there("names/" + name), "the file '" + name + "' is not found by its name");
    require_content(repository.get("names/" + name), "content of " + name, "the file '" + name + "'");
  }
  require_count(static_cast<int64_t>(repository.list("names").size()), static_cast<int64_t>(names.size()),
                "names in the listing");
}

void an_overwrite_gives_the_newer_content(const RepositoryWords& repository) {
  repository.put("f", std::string(100'000, 'o'));
  repository.put("f", "short");
  require_content(repository.get("f"), "short", "a file that was replaced by a shorter one");
  repository.put("f", std::string(50'000, 'n'));
  require_content(repository.get("f"), std::string(50'000, 'n'), "a file that was replaced by a longer one");
  require_listing(repository.list(""), {"f"}, "the listing after two overwrites");
}

void what_is_not_there_does_not_exist(const RepositoryWords& repository) {
  repository.put("folder/f", "x");
  require_error([&] { repository.get("unknown"); }, ErrorCode::kResourceDoesNotExist,
                "reading an unknown file");
  require_error([&] { repository.get("folder/unknown"); }, ErrorCode::kResourceDoesNotExist,
                "reading an unknown file of a folder");
}

void a_folder_is_not_read(const RepositoryWords& repository) {
  repository.put("folder/f", "x");
  require_refusal([&] { repository.get("folder"); }, "reading a folder");
}

void a_file_is_deleted(const RepositoryWords& repository) {
  repository.put("f", "1");
  repository.put("f.txt", "2");
  repository.remove("f");
  require(!repository.is_there("f"), "a deleted file is still read");
  require_listing(repository.list(""), {"f.txt"}, "the listing after a deletion");
  repository.put("f", "3");
  require_content(repository.get("f"), "3", "a file that was written after its deletion");
}

void deleting_nothing_is_fine(const RepositoryWords& repository) {
  repository.put("f", "1");
  repository.remove("unknown");
  repository.remove("no/such/folder");
  require_listing(repository.list(""), {"f"}, "the listing after deleting what was not there");
}

void a_part_is_read(const RepositoryWords& repository) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += std::to_string(i);
  repository.put("f", content);
  require_content(repository.get_part("f", 0, 10), content.substr(0, 10), "the first part of a file");
  require_content(repository.get_part("f", 70'001, 200'003), content.substr(70'001, 200'003),
                  "a part in the middle");
  require_content(repository.get_part("f", 400'000, 0), content.substr(400'000), "the rest of a file");
}

void a_part_ends_with_its_file(const RepositoryWords& repository) {
  repository.put("f", "0123456789");
  require_content(repository.get_part("f", 7, 100), "789", "a part that is asked for past the end");
}

void files_stay_when_opened_again(RepositorySubject& subject, const Effort&) {
  RepositoryWords(subject.open_new()).put("a/f", "kept");
  const RepositoryWords again(subject.reopen());
  require_content(again.get("a/f"), "kept", "a file of the repository that is opened again");
  require_listing(again.list("a"), {"a/f"}, "the listing of the repository that is opened again");
}

}  // namespace

std::vector<RepositoryCheck> file_checks() {
  return {
      on_new_repository("a file at the root comes back", a_file_at_the_root_comes_back),
      on_new_repository("a file in nested folders comes back", a_file_in_folders_comes_back),
      on_new_repository("an empty file comes back", an_empty_file_comes_back),
      on_new_repository("bytes of every value come back", every_byte_comes_back),
      on_new_repository("names with blanks, signs and any script come back", names_come_back),
      on_new_repository("an overwrite gives the newer content", an_overwrite_gives_the_newer_content),
      on_new_repository("reading what is not there is RESOURCE_DOES_NOT_EXIST",
                        what_is_not_there_does_not_exist),
      on_new_repository("reading a folder is an error", a_folder_is_not_read),
      on_new_repository("a file is deleted and its neighbours stay", a_file_is_deleted),
      on_new_repository("deleting what is not there is fine", deleting_nothing_is_fine),
      with_capability("ranges", "a part of a file is read by offset and length", a_part_is_read),
      with_capability("ranges", "a part that is asked for past the end stops there",
                      a_part_ends_with_its_file),
      {Theme::kCorrectness, "files are there when the repository is opened again",
       files_stay_when_opened_again},
  };
}

}  // namespace millrace::conformance

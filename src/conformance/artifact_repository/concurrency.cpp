#include <atomic>

#include "conformance/artifact_repository/checks.h"
#include "conformance/crew.h"

namespace millrace::conformance {
namespace {

constexpr int kCrew = 16;
constexpr size_t kSize = 200'000;

std::string version(int number) {
  return std::string(kSize, static_cast<char>('a' + number % 26));
}

void require_one_version(const std::string& content) {
  require(content.size() == kSize && content.find_first_not_of(content[0]) == std::string::npos,
          "the file is a mixture of two writes or a part of one");
}

void one_version_is_left(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  for (int round = 0; round < effort.of(5, 2); ++round) {
    all_at_once(kCrew, [&](int writer) { repository.put("a/f", version(writer)); });
    require_one_version(repository.get("a/f"));
    require_listing(repository.list("a"), {"a/f"}, "the listing after 16 writes of one file");
  }
}

void no_file_is_lost(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  const int each = effort.of(20, 5);
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < each; ++i) {
      const std::string name = std::to_string(writer) + "-" + std::to_string(i);
      repository.put("new/folder/" + name, name);
    }
  });
  const auto names = repository.list("new/folder");
  require_count(static_cast<int64_t>(names.size()), kCrew * each, "files of 16 writers");
  for (const std::string& path : names) {
    require_content(repository.get(path), path.substr(path.rfind('/') + 1), "the file '" + path + "'");
  }
}

void readers_see_one_version(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  repository.put("f", version(0));
  std::atomic<bool> writing{true};
  all_at_once(4, [&](int number) {
    while (number > 0 && writing) require_one_version(repository.get("f"));
    if (number > 0) return;
    const AtEnd readers_end([&] { writing = false; });
    for (int i = 0; i < effort.of(100, 10); ++i) repository.put("f", version(i));
  });
}

}  // namespace

std::vector<RepositoryCheck> repository_concurrency_checks() {
  return {
      {Theme::kConcurrency, "16 writers of one file leave one whole version", one_version_is_left},
      {Theme::kConcurrency, "16 writers into one new folder lose no file", no_file_is_lost},
      {Theme::kConcurrency, "readers of a file that is replaced see one whole version",
       readers_see_one_version},
  };
}

}  // namespace millrace::conformance

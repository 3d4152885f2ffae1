#include "conformance/artifact_repository/checks.h"
#include "conformance/interruption.h"

namespace millrace::conformance {
namespace {

constexpr int kWriters = 4;
constexpr size_t kSize = 300'000;

std::string content_of(int writer, int count) {
  std::string content = std::to_string(writer) + "-" + std::to_string(count) + ":";
  content.resize(kSize, static_cast<char>('a' + count % 26));
  return content;
}

std::string folder_of(int kill, int writer) {
  return "kill-" + std::to_string(kill) + "/writer-" + std::to_string(writer);
}

// Kills the repository several times while files are written and opens it again each time. `look` is told how
// many files of a folder were acknowledged; their names are 0, 1, 2, ...
void over_several_kills(RepositorySubject& subject, const Effort& effort,
                        const std::function<void(const RepositoryWords&, const std::string& folder,
                                                 int writer, int acknowledged)>& look) {
  auto repository = std::make_unique<RepositoryWords>(subject.open_new());
  for (int kill = 0; kill < effort.of(6, 2); ++kill) {
    std::vector<int> acknowledged(kWriters);
    kill_in_mid_write(subject, kWriters, 30, [&](int writer, int count) {
      repository->put(folder_of(kill, writer) + "/" + std::to_string(count), content_of(writer, count));
      acknowledged.at(static_cast<size_t>(writer)) = count + 1;
    });
    repository = std::make_unique<RepositoryWords>(subject.reopen());
    for (int writer = 0; writer < kWriters; ++writer) {
      look(*repository, folder_of(kill, writer), writer, acknowledged.at(static_cast<size_t>(writer)));
    }
  }
}

void acknowledged_files_survive(RepositorySubject& subject, const Effort& effort) {
  over_several_kills(
      subject, effort,
      [](const RepositoryWords& repository, const std::string& folder, int writer, int acknowledged) {
        for (int i = 0; i < acknowledged; ++i) {
          require_content(repository.get(folder + "/" + std::to_string(i)), content_of(writer, i),
                          "a file that was acknowledged before the kill");
        }
      });
}

void interrupted_files_are_not_seen(RepositorySubject& subject, const Effort& effort) {
  over_several_kills(subject, effort,
                     [](const RepositoryWords& repository, const std::string& folder, int writer, int) {
                       for (const std::string& path : repository.list(folder)) {
                         const int number = std::stoi(path.substr(path.rfind('/') + 1));
                         require_content(repository.get(path), content_of(writer, number),
                                         "a file that is listed after the kill");
                       }
                     });
}

void interrupted_overwrites_leave_a_whole_version(RepositorySubject& subject, const Effort& effort) {
  auto repository = std::make_unique<RepositoryWords>(subject.open_new());
  for (int writer = 0; writer < kWriters; ++writer)
    repository->put(std::to_string(writer), content_of(writer, 0));
  for (int kill = 0; kill < effort.of(6, 2); ++kill) {
    kill_in_mid_write(subject, kWriters, 30, [&](int writer, int count) {
      repository->put(std::to_string(writer), content_of(writer, count));
    });
    repository = std::make_unique<RepositoryWords>(subject.reopen());
    for (int writer = 0; writer < kWriters; ++writer) {
      const std::string content = repository->get(std::to_string(writer));
      const size_t dash = content.find('-');
      require(dash != std::string::npos, "a file has nothing of what was written into it");
      require_content(content, content_of(writer, std::stoi(content.substr(dash + 1))),
                      "a file after the kill");
    }
  }
}

void a_killed_repository_takes_files_again(RepositorySubject& subject, const Effort&) {
  {
    const RepositoryWords repository(subject.open_new());
    kill_in_mid_write(subject, kWriters, 10, [&](int writer, int count) {
      repository.put(std::to_string(writer), content_of(writer, count));
    });
  }
  const RepositoryWords repository(subject.reopen());
  repository.put("0", "new");
  require_content(repository.get("0"), "new", "a file that was written after a kill");
}

}  // namespace

std::vector<RepositoryCheck> repository_crash_checks() {
  return {
      {Theme::kCrash, "files that were acknowledged survive SIGKILL", acknowledged_files_survive},
      {Theme::kCrash, "a file that SIGKILL interrupts is not seen", interrupted_files_are_not_seen},
      {Theme::kCrash, "an overwrite that SIGKILL interrupts leaves a whole version",
       interrupted_overwrites_leave_a_whole_version},
      {Theme::kCrash, "a killed repository takes files again", a_killed_repository_takes_files_again},
  };
}

}  // namespace millrace::conformance

#include "conformance/endurance.h"
#include "conformance/data_in_memory.h"

#include <algorithm>

#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

constexpr size_t kPiece = size_t{1} << 20;
// What may be under way of a stream of 64 MiB: libraries of the protocol queue a few messages of up to 4 MiB,
// and a language that collects its garbage keeps a few of them twice. Half of the stream tells that from all
// of it.
constexpr uint64_t kMostUnderWay = 32 << 20;

void usual_call(const RepositoryWords& repository, int number) {
  const std::string path = "folder/" + std::to_string(number % 8);
  switch (number % 4) {
    case 0:
      return repository.put(path, std::string(10'000, 'x'));
    case 1:
      repository.list("folder");
      return;
    case 2:
      repository.begin("folder/given-up", "x");
      return;
    default:
      repository.is_there(path);
  }
}

void calls_leave_memory(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  require_flat_memory(subject, effort.of(10'000, 500), [&](int number) { usual_call(repository, number); });
}

void calls_leave_no_descriptors(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  require_flat_descriptors(subject, effort.of(1000, 200),
                           [&](int number) { usual_call(repository, number); });
}

// The memory of the process behind the subject while something large passes.
class Watch {
 public:
  explicit Watch(RepositorySubject& subject) : subject_(subject), before_(subject.footprint().memory_bytes) {}

  void look(const std::string& what) {
    const uint64_t now = subject_.footprint().memory_bytes;
    require(now <= before_ + kMostUnderWay, what + " is held in memory: it grew from " +
                                                std::to_string(before_ >> 10) + " KiB to " +
                                                std::to_string(now >> 10) + " KiB");
  }

 private:
  RepositorySubject& subject_;
  uint64_t before_;
};

std::string piece_of(int number) {
  std::string piece(kPiece, static_cast<char>('a' + number % 26));
  piece.replace(0, std::to_string(number).size(), std::to_string(number));
  return piece;
}

void write_large(RepositorySubject& subject, const RepositoryWords& repository, int pieces) {
  Watch watch(subject);
  const auto sink = repository.begin("large", "");
  for (int i = 0; i < pieces; ++i) {
    sink->write(piece_of(i));
    if (i % 8 == 7) watch.look("a file that is written");
  }
  watch.look("a file that is written");
  sink->commit();
}

void a_large_upload_streams(RepositorySubject& subject, const Effort& effort) {
  if (subject.declares(kDataInMemory)) throw NotApplicable("it keeps its data in memory by design");
  const RepositoryWords repository(subject.open_new());
  repository.put("small", "x");
  const int pieces = effort.of(64, 32);
  write_large(subject, repository, pieces);
  const auto listing = repository->list({}, at_path(""));
  require_count(listing.files(0).file_size(), static_cast<int64_t>(kPiece) * pieces,
                "the size of the large file");
}

void a_large_download_streams(RepositorySubject& subject, const Effort& effort) {
  const RepositoryWords repository(subject.open_new());
  const int pieces = effort.of(64, 32);
  {
    const auto sink = repository.begin("large", "");
    for (int i = 0; i < pieces; ++i) sink->write(piece_of(i));
    sink->commit();
  }
  Watch watch(subject);
  const auto source = repository->read({}, artifacts::path_message<v1::plugin::ArtifactRead>("large"));
  for (int i = 0; i < pieces; ++i) {
    std::string piece(kPiece, '\0');
    for (size_t filled = 0; filled < kPiece;) {
      const size_t count = source->read({piece.data() + filled, kPiece - filled});
      require(count > 0, "a large file ends before its end");
      filled += count;
    }
    require(piece == piece_of(i), "MiB " + std::to_string(i) + " of a large file differs");
    if (i % 8 == 7) watch.look("a file that is read");
  }
  std::string rest(1, '\0');
  require(source->read(rest) == 0, "a large file goes on after its end");
}

}  // namespace

std::vector<RepositoryCheck> repository_endurance_checks() {
  return {
      {Theme::kEndurance, "10,000 calls leave memory as it was", calls_leave_memory},
      {Theme::kEndurance, "1,000 calls leave no descriptor open", calls_leave_no_descriptors},
      {Theme::kEndurance, "an upload of 64 MiB is not held in memory", a_large_upload_streams},
      {Theme::kEndurance, "a download of 64 MiB is not held in memory and comes back whole",
       a_large_download_streams},
  };
}

}  // namespace millrace::conformance

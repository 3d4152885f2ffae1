#include "tracking/stores/file/changes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/error.h"
#include "base/ids.h"
#include "tracking/stores/file/change_steps.h"

namespace millrace::tracking::files {
namespace {

using Step = Changes::Step;

constexpr std::string_view kHead = "millrace journal 1\n";
constexpr std::string_view kEnd = "end\n";
constexpr const char* kJournalPrefix = "journal-";
constexpr int64_t kLargestJournal = int64_t{1} << 32;
// From so many files on the whole file system is told to write instead of each.
constexpr size_t kManySteps = 64;

std::string journal_text(const std::vector<Step>& steps) {
  std::string text(kHead);
  for (const Step& step : steps) {
    text += static_cast<char>(step.kind);
    for (const int64_t number :
         {static_cast<int64_t>(step.path.size()), static_cast<int64_t>(step.content.size()), step.size})
      text += " " + std::to_string(number);
    text += "\n" + step.path + step.content;
  }
  return text.append(kEnd);
}

int64_t take_number(std::string_view& text) {
  int64_t number = 0;
  text.remove_prefix(1);
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc()) throw_invalid_parameter("a number is missing");
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

std::string take_text(std::string_view& text, int64_t size) {
  if (size < 0 || static_cast<size_t>(size) > text.size()) throw_invalid_parameter("it is cut off");
  std::string taken(text.substr(0, static_cast<size_t>(size)));
  text.remove_prefix(static_cast<size_t>(size));
  return taken;
}

std::vector<Step> parse_journal(std::string_view text) {
  if (!text.starts_with(kHead)) throw_invalid_parameter("it does not begin as one");
  text.remove_prefix(kHead.size());
  std::vector<Step> steps;
  while (text != kEnd) {
    if (text.empty()) throw_invalid_parameter("it is cut off");
    Step step{static_cast<Step::Kind>(text.front()), "", "", 0};
    text.remove_prefix(1);
    const int64_t path = take_number(text);
    const int64_t content = take_number(text);
    step.size = take_number(text);
    take_text(text, 1);
    step.path = take_text(text, path);
    step.content = take_text(text, content);
    steps.push_back(std::move(step));
  }
  return steps;
}

// A journal that is there until destroyed; locked, so that nobody else finishes what is under way.
class Journal {
 public:
  Journal(const Root& root, const std::vector<Step>& steps)
      : root_(root), name_(kJournalPrefix + random_token(20)) {
    const std::string temporary = "new-" + name_;
    file_ = write_own_file(root, temporary, journal_text(steps));
    flock(file_.get(), LOCK_EX);
    const int own = root.own_folder().descriptor();
    if (renameat(own, temporary.c_str(), own, name_.c_str()) != 0) throw_errno(errno, "write a journal");
    sync_folder(root.own_folder());
  }
  ~Journal() { unlinkat(root_.own_folder().descriptor(), name_.c_str(), 0); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

 private:
  const Root& root_;
  std::string name_;
  Descriptor file_;
};

void take_back(std::vector<std::function<void()>>& undos) {
  for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo) {
    try {
      if (*undo) (*undo)();
    } catch (const Error&) {
      // The fault that led here is the one that is told; the disk allows no more.
      continue;
    }
  }
}

void finish(const Root& root, const std::string& name, const Complain& tell) {
  const Folder& own = root.own_folder();
  const Descriptor file(openat(own.descriptor(), name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
  if (fstat(file.get(), &status) != 0 || status.st_nlink == 0) return;
  try {
    for (const Step& step : parse_journal(own.read(name, kLargestJournal))) repeat_step(root, step);
    tell("Writes that were interrupted have been finished from " + own.path_of(name) + ".");
  } catch (const Error& error) {
    // What has no place any more, as its run was removed meanwhile, must not be tried for ever.
    tell("Writes that were interrupted cannot be finished from " + own.path_of(name) + ": " + error.what());
    if (error.code() != ErrorCode::kResourceDoesNotExist && error.code() != ErrorCode::kInvalidParameterValue)
      return;
  }
  unlinkat(own.descriptor(), name.c_str(), 0);
}

}  // namespace

void Changes::put(const std::string& path, const std::string& content) {
  steps_.push_back({Step::Kind::kPut, path, content, -1});
}

void Changes::append(const std::string& path, const std::string& lines) {
  for (Step& step : steps_) {
    if (step.kind == Step::Kind::kAppend && step.path == path) {
      step.content += lines;
      return;
    }
  }
  steps_.push_back({Step::Kind::kAppend, path, lines, -1});
}

void Changes::remove(const std::string& path) {
  steps_.push_back({Step::Kind::kRemove, path, "", -1});
}
void Changes::move(const std::string& from, const std::string& to) {
  steps_.push_back({Step::Kind::kMove, from, to, -1});
}
void Changes::make_folder(const std::string& path) {
  steps_.push_back({Step::Kind::kMakeFolder, path, "", -1});
}

void Changes::apply_all() {
  const Durability durability = steps_.size() < kManySteps ? Durability::kEach : Durability::kLater;
  std::vector<std::function<void()>> undos;
  try {
    for (const Step& step : steps_) undos.push_back(apply_step(root_, step, durability));
    if (durability == Durability::kLater && syncfs(root_.folder().descriptor()) != 0)
      throw_errno(errno, "write " + root_.path());
  } catch (const Error&) {
    take_back(undos);
    throw;
  }
}

void Changes::commit() {
  root_.require_writable();
  if (steps_.empty()) return;
  for (Step& step : steps_) prepare_step(root_, step);
  if (steps_.size() == 1) return apply_all();
  const Journal journal(root_, steps_);
  apply_all();
}

void Changes::finish_interrupted(const Root& root, const Complain& tell) {
  for (const Folder::Entry& entry : root.own_folder().entries()) {
    if (entry.name.starts_with(kJournalPrefix)) finish(root, entry.name, tell);
  }
}

}  // namespace millrace::tracking::files

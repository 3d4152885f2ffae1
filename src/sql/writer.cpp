#include "sql/writer.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::sql {
namespace {

// A larger group would make its first task wait for too much work of others; a longer queue would only
// make callers wait past their time-outs.
constexpr size_t kLargestGroup = 256;
constexpr size_t kLongestQueue = 16384;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {
  thread_ = std::thread([this] { serve(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::run(const Task& task) {
  std::exception_ptr fault;
  std::atomic<bool> finished{false};
  submit(std::ref(task), [&](std::exception_ptr what) {
    fault = std::move(what);
    finished.store(true);
    // The waiting thread may be past its wait before this; notify_one uses the address only.
    finished.notify_one();
  });
  finished.wait(false);
  if (fault) std::rethrow_exception(fault);
}

void Writer::submit(Task task, Done done) {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kLongestQueue) {
      throw Error(ErrorCode::kTemporarilyUnavailable,
                  "Too many writes are waiting for the database; try again.");
    }
    idle = queue_.empty();
    queue_.push_back({std::move(task), std::move(done)});
  }
  // The writer takes all that is queued, so only the first task has to wake it.
  if (idle) wake_.notify_one();
}

WriterStatistics Writer::statistics() const {
  const std::lock_guard lock(mutex_);
  return {groups_.load(), tasks_.load(), largest_.load(), static_cast<int64_t>(queue_.size())};
}

void Writer::serve() {
  for (Group group = next_group(); !group.empty(); group = next_group()) {
    commit_group(std::move(group));
  }
}

Writer::Group Writer::next_group() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  const size_t size = std::min(queue_.size(), kLargestGroup);
  const auto end = queue_.begin() + static_cast<ptrdiff_t>(size);
  Group group(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return group;
}

void Writer::commit_group(Group group) {
  std::exception_ptr fault;
  while (!group.empty() && !fault) {
    try {
      Transaction transaction(*connection_, Transaction::Kind::kWrite);
      if (!run_tasks(group)) continue;
      if (!group.empty()) transaction.commit();
      break;
    } catch (...) {
      fault = std::current_exception();
    }
  }
  if (!fault && !group.empty()) {
    ++groups_;
    tasks_ += group.size();
    largest_ = std::max<uint64_t>(largest_, group.size());
  }
  tell(group, std::move(fault));
}

// The fault is handed over whole, after its catch: the last who is told may end it while this thread goes on.
void Writer::tell(const Group& group, std::exception_ptr fault) {
  for (size_t i = 0; i + 1 < group.size(); ++i) group[i].done(fault);
  if (!group.empty()) group.back().done(std::move(fault));
}

// Takes the tasks that fail out of the group. False when one had changed something before it failed: the
// transaction must then be given up and the rest run again.
bool Writer::run_tasks(Group& group) {
  for (size_t i = 0; i < group.size();) {
    const int64_t before = connection_->total_changes();
    std::exception_ptr fault;
    try {
      group[i].task(*connection_);
      ++i;
      continue;
    } catch (...) {
      fault = std::current_exception();
    }
    const bool changed = connection_->total_changes() != before;
    group[i].done(std::move(fault));
    group.erase(group.begin() + static_cast<ptrdiff_t>(i));
    if (changed) return false;
  }
  return true;
}

}  // namespace millrace::sql

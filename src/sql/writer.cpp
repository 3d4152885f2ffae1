#include "sql/writer.h"

#include <algorithm>
#include <random>

#include "base/error.h"
#include "sql/fault.h"

namespace millrace::sql {
namespace {

// A larger group would make its first task wait for too much work of others; a longer queue would only
// make callers wait past their time-outs.
constexpr size_t kLargestGroup = 256;
constexpr size_t kLongestQueue = 16384;
constexpr std::chrono::milliseconds kLongestGathering{5};
// So many share the cost of a commit that waiting for more of them gains less than it takes.
constexpr size_t kWorthACommit = 12;

// Two servers that met in a deadlock should not meet in the next one too.
void pause_after(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::this_thread::sleep_for(std::chrono::milliseconds(random() % (uint64_t{1} << attempt)));
}

enum class Remedy { kNone, kAgain, kHalves };

// Pauses where another attempt at once would meet the same people again.
Remedy remedy_for(const TransactionFault& fault, int attempt, size_t tasks) {
  if (fault.kind() == TransactionFault::Kind::kPassing && attempt < kMostAttempts) {
    // Who was overtaken need not wait, who was in somebody's way should.
    if (fault.code() != ErrorCode::kResourceConflict) pause_after(attempt);
    return Remedy::kAgain;
  }
  const bool apart = fault.kind() != TransactionFault::Kind::kUnknown && tasks > 1;
  return apart ? Remedy::kHalves : Remedy::kNone;
}

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
  finish({std::ref(task), nullptr, nullptr, nullptr});
}

void Writer::run(BulkWork work, std::shared_ptr<BulkItem> item) {
  finish({nullptr, nullptr, work, std::move(item)});
}

void Writer::finish(Request request) {
  std::exception_ptr fault;
  std::atomic<bool> finished{false};
  request.done = [&](std::exception_ptr what) {
    fault = std::move(what);
    finished.store(true);
    // The waiting thread may be past its wait before this; notify_one uses the address only.
    finished.notify_one();
  };
  enqueue(std::move(request));
  finished.wait(false);
  if (fault) std::rethrow_exception(fault);
}

void Writer::submit(Task task, Done done) {
  enqueue({std::move(task), std::move(done), nullptr, nullptr});
}

void Writer::submit(BulkWork work, std::shared_ptr<BulkItem> item, Done done) {
  enqueue({nullptr, std::move(done), work, std::move(item)});
}

void Writer::enqueue(Request request) {
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kLongestQueue) {
      throw Error(ErrorCode::kTemporarilyUnavailable,
                  "Too many writes are waiting for the database; try again.");
    }
    queue_.push_back(std::move(request));
    wanted = queue_.size() == 1 || queue_.size() == expected_;
  }
  // The writer takes all that is queued, so only the first task has to wake it, and the last it waits for.
  if (wanted) wake_.notify_one();
}

WriterStatistics Writer::statistics() const {
  const std::lock_guard lock(mutex_);
  return {groups_.load(), tasks_.load(), largest_.load(), static_cast<int64_t>(queue_.size())};
}

void Writer::serve() {
  for (Group group = next_group(); !group.empty(); group = next_group()) {
    const size_t size = group.size();
    const auto start = Clock::now();
    commit_group(std::move(group));
    if (connection_->is_remote()) gather(size, Clock::now() - start);
  }
}

// A commit on a server is mostly waiting, and who was just told often asks again at once: a moment's patience
// has them share the next commit with those who came meanwhile, instead of the one after it.
void Writer::gather(size_t told, Clock::duration took) {
  std::unique_lock lock(mutex_);
  expected_ = std::min(told + queue_.size(), kWorthACommit);
  if (expected_ > 1) {
    wake_.wait_for(lock, std::min<Clock::duration>(took / 2, kLongestGathering),
                   [this] { return stopping_ || queue_.size() >= expected_; });
  }
  expected_ = 0;
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
  for (int attempt = 1;; ++attempt) {
    std::exception_ptr fault;
    Remedy remedy = Remedy::kNone;
    try {
      commit_once(group);
    } catch (const TransactionFault& what) {
      remedy = remedy_for(what, attempt, group.size());
      fault = std::current_exception();
    } catch (...) {
      fault = std::current_exception();
    }
    if (remedy == Remedy::kAgain) continue;
    if (remedy == Remedy::kHalves) return commit_halves(std::move(group));
    if (!fault) count(group);
    return tell(group, std::move(fault));
  }
}

// Halves of halves, so that one that the database will not have costs its neighbours a few commits only.
void Writer::commit_halves(Group group) {
  const auto middle = group.begin() + static_cast<ptrdiff_t>(group.size() / 2);
  commit_group(Group(std::make_move_iterator(group.begin()), std::make_move_iterator(middle)));
  commit_group(Group(std::make_move_iterator(middle), std::make_move_iterator(group.end())));
}

// What fails by itself is told and taken out of the group; throws what befell all that is left of it.
void Writer::commit_once(Group& group) {
  while (!group.empty()) {
    connection_->restore();
    Transaction transaction(*connection_, Transaction::Kind::kWrite);
    if (!run_all(group)) continue;
    if (!group.empty()) transaction.commit();
    return;
  }
}

void Writer::count(const Group& group) {
  groups_ += group.empty() ? 0 : 1;
  tasks_ += group.size();
  largest_ = std::max<uint64_t>(largest_, group.size());
}

// The fault is handed over whole, after its catch: the last who is told may end it while this thread goes on.
void Writer::tell(const Group& group, std::exception_ptr fault) {
  for (size_t i = 0; i + 1 < group.size(); ++i) group[i].done(fault);
  if (!group.empty()) group.back().done(std::move(fault));
}

// False when a task had changed something before it failed: the transaction must then be given up and the
// rest run again.
bool Writer::run_all(Group& group) {
  run_bulk(group);
  return run_tasks(group);
}

// All requests of a group came at the same time as far as their callers can tell, so that those of one kind
// may go first.
void Writer::run_bulk(Group& group) {
  const auto first =
      std::find_if(group.begin(), group.end(), [](const Request& r) { return r.work != nullptr; });
  if (first == group.end()) return;
  const BulkWork work = first->work;
  std::vector<BulkItem*> items;
  for (const Request& request : group) {
    if (request.work != work) continue;
    request.item->fault = nullptr;
    items.push_back(request.item.get());
  }
  work(*connection_, items);
  Group left;
  for (Request& request : group) {
    if (request.work != nullptr && request.item->fault) {
      request.done(std::move(request.item->fault));
    } else {
      left.push_back(std::move(request));
    }
  }
  group = std::move(left);
}

// Takes the tasks that fail out of the group. False when one had changed something before it failed.
bool Writer::run_tasks(Group& group) {
  for (size_t i = 0; i < group.size();) {
    if (group[i].work != nullptr) {
      ++i;
      continue;
    }
    const int64_t before = connection_->total_changes();
    std::exception_ptr fault;
    try {
      group[i].task(*connection_);
      ++i;
      continue;
    } catch (const TransactionFault&) {
      throw;
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

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "sql/connection.h"

namespace millrace::sql {

struct WriterStatistics {
  uint64_t groups;   ///< Transactions committed.
  uint64_t tasks;    ///< Tasks committed in them.
  uint64_t largest;  ///< Tasks in the largest group.
  int64_t waiting;   ///< Tasks in the queue now.
};

/// One of the writes that a BulkWork does together.
struct BulkItem {
  virtual ~BulkItem() = default;
  std::exception_ptr fault;  ///< what this one's caller is told instead; it must have changed nothing then
};

/// Does many writes of one kind with few statements. May be called again with the same items, so results of
/// an earlier call are to be overwritten.
using BulkWork = void (*)(Connection&, std::span<BulkItem* const>);

/// The one writer of a database: a thread that runs waiting tasks in one transaction and tells their callers
/// after the commit reached the disk. A lone task is committed at once; under load, the tasks that came while
/// the last commit was under way share the next one; on a server, those too whom it answered and who ask
/// again within half of its time, up to a dozen. A group that the database gives up, because others were in
/// its way or the connection broke before the commit, is tried again, then in halves, so that a task that the
/// database will not have fails alone.
class Writer {
 public:
  using Task = std::function<void(Connection&)>;
  using Done = std::function<void(std::exception_ptr fault)>;

  /// Owns `connection`, which must be writable.
  explicit Writer(std::unique_ptr<Connection> connection);
  /// Runs what is queued, then stops.
  ~Writer();

  /// Runs `task` on the writer thread and returns when its changes are durable; throws what it threw. The
  /// task may be run again, so it must depend on nothing but its inputs and the database; one that fails
  /// after it changed something costs its neighbours a second run, so checks come first. Any thread.
  void run(const Task& task);
  /// The same for a write that is done together with others of its kind in the group.
  void run(BulkWork work, std::shared_ptr<BulkItem> item);

  /// The same without waiting: `done` is told on the writer thread, once, and must neither throw nor block.
  /// Throws TEMPORARILY_UNAVAILABLE, and `done` is never told, when too many tasks are waiting.
  void submit(Task task, Done done);
  void submit(BulkWork work, std::shared_ptr<BulkItem> item, Done done);

  /// The same for a task with a result.
  template <typename Query>
  auto call(Query query) {
    std::optional<decltype(query(std::declval<Connection&>()))> result;
    run([&](Connection& connection) { result.emplace(query(connection)); });
    return *std::move(result);
  }

  WriterStatistics statistics() const;

 private:
  struct Request {
    Task task;  ///< empty for bulk work
    Done done;
    BulkWork work = nullptr;
    std::shared_ptr<BulkItem> item;
  };
  using Group = std::vector<Request>;

  void finish(Request request);
  void enqueue(Request request);
  using Clock = std::chrono::steady_clock;
  void serve();
  void gather(size_t told, Clock::duration took);
  Group next_group();
  void commit_group(Group group);
  void commit_once(Group& group);
  bool run_all(Group& group);
  void run_bulk(Group& group);
  bool run_tasks(Group& group);
  void commit_halves(Group group);
  void count(const Group& group);
  static void tell(const Group& group, std::exception_ptr fault);

  std::unique_ptr<Connection> connection_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request> queue_;
  size_t expected_ = 0;  ///< length of the queue that the writer waits for; 0: for none
  bool stopping_ = false;
  std::atomic<uint64_t> groups_{0};
  std::atomic<uint64_t> tasks_{0};
  std::atomic<uint64_t> largest_{0};
  std::thread thread_;
};

}  // namespace millrace::sql

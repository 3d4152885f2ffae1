#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <set>
#include <string>

#include "sql/search_sql.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::RunColumnsQuery;
using KeySet = std::set<std::string, std::less<>>;
using KeyList = google::protobuf::RepeatedPtrField<std::string>;

// Virtual machine instructions; a million of them take a twentieth of a second where pages are at hand, and
// ten times that where they are not.
constexpr int64_t kQuickBudget = 200'000;
constexpr int64_t kRunsBudget = 1'000'000;
constexpr int64_t kKeysBudget = 20'000'000;
// Runs whose keys stand for those of an experiment where it has to be quick.
constexpr int64_t kNewestRuns = 500;
// And of those no more are read when so many rows have brought no new key.
constexpr int kRowsWithoutNews = 2'000;

std::string scope(const RunColumnsQuery& query) {
  if (query.experiment_ids().empty()) return "TRUE";
  return "r.experiment_id IN " + integer_list(query.experiment_ids());
}

// Keys of one table, found without going through the whole of it where that can be avoided.
class KeyFinder {
 public:
  /// `most_without_news`: rows that bring no new key after which the others are taken to bring none either.
  KeyFinder(Connection& connection, const RunColumnsQuery& query, std::string table, int most_without_news)
      : connection_(connection),
        query_(query),
        table_(std::move(table)),
        most_without_news_(most_without_news) {}

  KeySet find(bool& complete) {
    if (!(query_.quick() ? find_quickly() : find_all())) complete = false;
    return std::move(keys_);
  }

 private:
  // What was read when the budget ends is kept; of a server nothing would be, so it goes on to the end.
  bool find_quickly() {
    if (!connection_.is_remote()) return connection_.run_within(kQuickBudget, [&] { read_newest_runs(); });
    read_newest_runs();
    return true;
  }

  // Experiments of few rows are read whole. In others every key of the database is tried in turn: one step
  // to the next key, one look whether the experiment has it, which is short for the keys that it has.
  bool find_all() {
    return connection_.run_within(kRunsBudget, [&] { read_runs(); }) ||
           connection_.run_within(kKeysBudget, [&] { try_keys(); });
  }

  void read_runs() {
    read_keys("runs r CROSS JOIN " + table_ + " x ON x.run_uuid = r.run_uuid WHERE " + scope(query_));
  }

  // In the order of an index, so that no other run is looked at.
  void read_newest_runs() {
    read_keys(
        "(SELECT r.run_uuid FROM runs r INDEXED BY millrace_runs_by_start WHERE " + scope(query_) +
        " AND r.experiment_id >= 0 ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC LIMIT " +
        std::to_string(kNewestRuns) + ") n CROSS JOIN " + table_ + " x ON x.run_uuid = n.run_uuid");
  }

  // Here each key is looked up in a set at once; a server would send each many times.
  void read_keys(const std::string& from) {
    auto row = connection_.prepare(
        (connection_.is_remote() ? "SELECT DISTINCT x.key FROM " : "SELECT x.key FROM ") + from);
    for (int without_news = 0; without_news < most_without_news_ && row.step(); ++without_news) {
      const std::string_view key = row.text(0);
      if (keys_.contains(key)) continue;
      keys_.emplace(key);
      without_news = 0;
    }
  }

  void try_keys() {
    auto next = connection_.prepare("SELECT min(key) FROM " + table_ + " WHERE key > ?1");
    auto used =
        connection_.prepare("SELECT 1 FROM " + table_ +
                            " x CROSS JOIN runs r INDEXED BY millrace_runs_by_id ON r.run_uuid = x.run_uuid "
                            "WHERE x.key = ?1 AND " +
                            scope(query_) + " LIMIT 1");
    for (std::string key = key_after(next, ""); !key.empty(); key = key_after(next, key)) {
      if (!keys_.contains(key) && used.bind(1, std::string_view(key)).step()) keys_.insert(key);
      used.reset();
    }
  }

  static std::string key_after(sql::Statement& next, const std::string& key) {
    next.bind(1, std::string_view(key)).step();
    std::string found(next.text(0));
    next.reset();
    return found;
  }

  Connection& connection_;
  const RunColumnsQuery& query_;
  const std::string table_;
  const int most_without_news_;
  KeySet keys_;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// False when there are more keys than asked for.
bool append_keys(const KeySet& keys, const RunColumnsQuery& query, KeyList& list) {
  const std::string wanted = lower(query.contains());
  for (const std::string& key : keys) {
    if (lower(key).find(wanted) == std::string::npos) continue;
    if (list.size() == query.limit()) return false;
    *list.Add() = key;
  }
  return true;
}

// The newest runs tell the keys of all where there are no others.
bool has_older_runs(Connection& connection, const RunColumnsQuery& query) {
  auto row = connection.prepare("SELECT 1 FROM runs r WHERE " + scope(query) + " LIMIT 1 OFFSET ?1");
  return row.bind(1, kNewestRuns).step();
}

v1::RunColumns list_columns(Connection& connection, const RunColumnsQuery& query) {
  v1::RunColumns columns;
  bool complete = !query.quick() || !has_older_runs(connection, query);
  const int most_without_news = complete ? std::numeric_limits<int>::max() : kRowsWithoutNews;
  const std::array<std::pair<const char*, KeyList*>, 3> kinds{{{"latest_metrics", columns.mutable_metrics()},
                                                               {"params", columns.mutable_params()},
                                                               {"tags", columns.mutable_tags()}}};
  for (const auto& [table, list] : kinds) {
    const KeySet keys = KeyFinder(connection, query, table, most_without_news).find(complete);
    if (!append_keys(keys, query, *list)) complete = false;
  }
  columns.set_truncated(!complete);
  return columns;
}

}  // namespace

v1::RunColumns SqlTrackingStore::list_run_columns(const CallContext&, const RunColumnsQuery& request) {
  return database_->readers().read([&](Connection& connection) { return list_columns(connection, request); });
}

}  // namespace millrace::tracking

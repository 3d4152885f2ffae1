#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tracking/stores/sql/found_runs.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_search_schema.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using sql::Statement;
using v1::plugin::RunTableQuery;

// Below this many rows each cell is looked up; above, an index of the key is walked, if that is not too long.
constexpr size_t kFewRows = 500;
constexpr int64_t kWalkStepsPerRow = 60;

// The rows of a table by run id. Keeps views of the ids.
class RowNumbers {
 public:
  explicit RowNumbers(const std::vector<FoundRun>& runs) : runs_(runs) {
    numbers_.reserve(runs.size());
    for (size_t i = 0; i < runs.size(); ++i) numbers_.emplace(runs[i].id, static_cast<int32_t>(i));
  }
  const std::vector<FoundRun>& runs() const { return runs_; }
  std::vector<std::string_view> ids() const {
    std::vector<std::string_view> ids;
    ids.reserve(runs_.size());
    for (const FoundRun& run : runs_) ids.push_back(run.id);
    return ids;
  }
  /// -1 for a run that is not in the table.
  int32_t of(std::string_view id) const {
    const auto at = numbers_.find(id);
    return at == numbers_.end() ? -1 : at->second;
  }

 private:
  const std::vector<FoundRun>& runs_;
  std::unordered_map<std::string_view, int32_t> numbers_;
};

// Calls `take(row, statement)` for each run that has the key; the columns from 1 on are the value's. `walk`
// goes through all runs that have the key, `look_up` asks for one; the first parameter of both is the key.
void read_cells(Connection& connection, const RowNumbers& rows, const std::string& key, std::string_view walk,
                std::string_view look_up, const std::function<void(int32_t, const Statement&)>& take) {
  if (connection.is_remote()) {
    auto cells = connection.prepare(std::string(walk) + " AND run_uuid = ANY(?2)");
    cells.bind(1, std::string_view(key)).bind_list(2, rows.ids());
    while (cells.step()) take(rows.of(cells.text(0)), cells);
    return;
  }
  if (rows.runs().size() >= kFewRows) {
    const auto budget = static_cast<int64_t>(rows.runs().size()) * kWalkStepsPerRow;
    const bool finished = connection.run_within(budget, [&] {
      auto cells = connection.prepare(walk);
      cells.bind(1, std::string_view(key));
      while (cells.step()) {
        const int32_t row = rows.of(cells.text(0));
        if (row >= 0) take(row, cells);
      }
    });
    if (finished) return;
  }
  auto cell = connection.prepare(look_up);
  cell.bind(1, std::string_view(key));
  for (size_t i = 0; i < rows.runs().size(); ++i) {
    cell.bind(2, std::string_view(rows.runs()[i].id));
    if (cell.step()) take(static_cast<int32_t>(i), cell);
    cell.reset();
  }
}

// Adds `rows` to a column unless every row has a value.
template <typename Column>
void set_rows(Column& column, const std::vector<int32_t>& rows, size_t row_count) {
  if (rows.size() != row_count) column.mutable_rows()->Add(rows.begin(), rows.end());
}

void read_metric(Connection& connection, const RowNumbers& rows, const std::string& key,
                 v1::NumberColumn& column) {
  std::vector<double> values(rows.runs().size());
  std::vector<char> has(rows.runs().size());
  read_cells(connection, rows, key,
             "SELECT run_uuid, value, is_nan FROM latest_metrics INDEXED BY millrace_latest_metrics_by_value "
             "WHERE key = ?1",
             "SELECT run_uuid, value, is_nan FROM latest_metrics WHERE key = ?1 AND run_uuid = ?2",
             [&](int32_t row, const Statement& cell) {
               values[static_cast<size_t>(row)] = value_from(cell.real(1), cell.integer(2) != 0);
               has[static_cast<size_t>(row)] = 1;
             });
  column.set_key(key);
  std::vector<int32_t> present;
  for (size_t i = 0; i < has.size(); ++i) {
    if (has[i] == 0) continue;
    present.push_back(static_cast<int32_t>(i));
    column.add_values(values[i]);
  }
  set_rows(column, present, has.size());
}

// Gives each text a number, in the order in which they come.
class Dictionary {
 public:
  int32_t code_of(std::string_view text) {
    const auto known = codes_.find(text);
    if (known != codes_.end()) return known->second;
    const auto code = static_cast<int32_t>(codes_.size());
    codes_.emplace(text, code);
    return code;
  }
  size_t size() const { return codes_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> codes_;

 public:
  const auto& codes() const { return codes_; }
};

constexpr int32_t kNoText = -1;

// `codes` has one entry a row, kNoText for none. Codes are given anew in the order of rows, so that a column
// of texts that are all different needs none.
void write_texts(const Dictionary& dictionary, const std::vector<int32_t>& codes, v1::TextColumn& column) {
  std::vector<const std::string*> texts(dictionary.size());
  for (const auto& [text, code] : dictionary.codes()) texts[static_cast<size_t>(code)] = &text;
  std::vector<int32_t> given(dictionary.size(), kNoText);
  std::vector<int32_t> present;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] == kNoText) continue;
    present.push_back(static_cast<int32_t>(i));
    int32_t& code = given[static_cast<size_t>(codes[i])];
    if (code == kNoText) {
      code = column.texts_size();
      column.add_texts(*texts[static_cast<size_t>(codes[i])]);
    }
    column.add_codes(code);
  }
  if (column.texts_size() == column.codes_size()) column.clear_codes();
  set_rows(column, present, codes.size());
}

void read_text(Connection& connection, const RowNumbers& rows, const std::string& table,
               const std::string& key, int32_t longest, v1::TextColumn& column) {
  const std::string limit = std::to_string(longest);
  const std::string cells = "SELECT run_uuid, CASE WHEN length(value) > " + limit +
                            " THEN substr(value, 1, " + limit + ") || '…' ELSE value END FROM " + table +
                            " WHERE key = ?1";
  Dictionary dictionary;
  std::vector<int32_t> codes(rows.runs().size(), kNoText);
  read_cells(connection, rows, key, cells, cells + " AND run_uuid = ?2",
             [&](int32_t row, const Statement& cell) {
               codes[static_cast<size_t>(row)] = dictionary.code_of(cell.text(1));
             });
  column.set_key(key);
  write_texts(dictionary, codes, column);
}

bool is_time(const std::string& attribute) {
  return attribute == "start_time" || attribute == "end_time";
}

std::string attribute_column(const std::string& attribute) {
  return attribute == "lifecycle_stage" ? "r.lifecycle_stage" : run_column(attribute);
}

// Attributes stand in the rows that the search has found already, so all of them are read in one pass.
class AttributeReader {
 public:
  AttributeReader(const RunTableQuery& query, size_t row_count) : query_(query) {
    for (const std::string& name : query.attributes()) {
      select_ += (select_.empty() ? "SELECT " : ", ") + attribute_column(name);
      texts_.push_back({Dictionary(), std::vector<int32_t>(is_time(name) ? 0 : row_count, kNoText)});
      times_.emplace_back();
    }
  }

  void read(Connection& connection, const RowNumbers& rows) {
    if (connection.is_remote()) return read_together(connection, rows);
    const std::vector<FoundRun>& runs = rows.runs();
    auto row = connection.prepare(select_ + " FROM runs r WHERE r.rowid = ?1");
    for (size_t i = 0; i < runs.size(); ++i) {
      row.bind(1, runs[i].row);
      if (row.step()) take(row, i);
      row.reset();
    }
  }

  void write(v1::RunTable& table, size_t row_count) {
    for (int i = 0; i < query_.attributes_size(); ++i) {
      const std::string& name = query_.attributes(i);
      if (is_time(name)) {
        v1::TimeColumn& column = *table.add_times();
        column.set_key(name);
        const Times& times = times_[static_cast<size_t>(i)];
        column.mutable_values()->Add(times.values.begin(), times.values.end());
        set_rows(column, times.rows, row_count);
      } else {
        v1::TextColumn& column = *table.add_attributes();
        column.set_key(name);
        write_texts(texts_[static_cast<size_t>(i)].dictionary, texts_[static_cast<size_t>(i)].codes, column);
      }
    }
  }

 private:
  struct Texts {
    Dictionary dictionary;
    std::vector<int32_t> codes;
  };
  struct Times {
    std::vector<int32_t> rows;
    std::vector<int64_t> values;
  };

  void read_together(Connection& connection, const RowNumbers& rows) {
    auto row = connection.prepare(select_ + ", r.run_uuid FROM runs r WHERE r.run_uuid = ANY(?1)");
    row.bind_list(1, rows.ids());
    while (row.step()) take(row, static_cast<size_t>(rows.of(row.text(query_.attributes_size()))));
  }

  void take(const Statement& row, size_t number) {
    for (int i = 0; i < query_.attributes_size(); ++i) {
      if (row.is_null(i)) continue;
      const auto column = static_cast<size_t>(i);
      if (is_time(query_.attributes(i))) {
        times_[column].rows.push_back(static_cast<int32_t>(number));
        times_[column].values.push_back(row.integer(i));
      } else {
        texts_[column].codes[number] = texts_[column].dictionary.code_of(row.text(i));
      }
    }
  }

  const RunTableQuery& query_;
  std::string select_;
  std::vector<Texts> texts_;
  std::vector<Times> times_;
};

FoundRuns rows_of(Connection& connection, const RunTableQuery& query, LargeScopes& scopes) {
  if (query.first_row() == 0) return find_runs(connection, query.search(), scopes);
  v1::plugin::RunQuery search = query.search();
  search.mutable_page()->set_cursor(std::to_string(query.first_row()));
  return find_runs(connection, search, scopes);
}

// Counts only what the page at hand does not tell already.
int64_t total_of(Connection& connection, const RunTableQuery& query, const FoundRuns& found) {
  const bool is_last = found.next_cursor.empty() && (query.first_row() == 0 || !found.runs.empty());
  if (is_last) return query.first_row() + static_cast<int64_t>(found.runs.size());
  return count_found_runs(connection, query.search());
}

v1::RunTable read_table(Connection& connection, const RunTableQuery& query, LargeScopes& scopes) {
  const FoundRuns found = rows_of(connection, query, scopes);
  const RowNumbers rows(found.runs);
  v1::RunTable table;
  table.set_truncated(!found.next_cursor.empty());
  if (query.with_total()) table.set_total(total_of(connection, query, found));
  table.mutable_run_ids()->Reserve(static_cast<int>(found.runs.size()));
  for (const FoundRun& run : found.runs) table.add_run_ids(run.id);
  if (query.attributes_size() > 0) {
    AttributeReader attributes(query, found.runs.size());
    attributes.read(connection, rows);
    attributes.write(table, found.runs.size());
  }
  for (const std::string& key : query.metrics()) read_metric(connection, rows, key, *table.add_metrics());
  for (const std::string& key : query.params())
    read_text(connection, rows, "params", key, query.longest_text(), *table.add_params());
  for (const std::string& key : query.tags())
    read_text(connection, rows, "tags", key, query.longest_text(), *table.add_tags());
  return table;
}

}  // namespace

v1::RunTable SqlTrackingStore::read_run_table(const CallContext&, const RunTableQuery& request) {
  return database_->readers().read(
      [&](Connection& connection) { return read_table(connection, request, large_scopes_); });
}

}  // namespace millrace::tracking

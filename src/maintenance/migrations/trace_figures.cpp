#include "maintenance/migrations/trace_figures.h"

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "base/error.h"
#include "maintenance/migrations/trace_values.h"

namespace millrace::maintenance {
namespace {

using InBatch = std::function<void(const std::function<void()>&)>;

constexpr int64_t kPage = 1000;
constexpr size_t kLongestTraceName = 4096;
constexpr size_t kLongestSession = 250;
constexpr size_t kLongestModel = 500;

constexpr std::array<const char*, 6> kCounts{"input_tokens",
                                             "output_tokens",
                                             "total_tokens",
                                             "cache_read_input_tokens",
                                             "cache_creation_input_tokens",
                                             "cache_creation_input_tokens_above_1hr"};
constexpr std::array<const char*, 3> kCosts{"input_cost", "output_cost", "total_cost"};

constexpr const char* kCountKeys =
    "('input_tokens', 'output_tokens', 'total_tokens', 'cache_read_input_tokens', "
    "'cache_creation_input_tokens', 'cache_creation_input_tokens_above_1hr')";
constexpr const char* kCostKeys = "('input_cost', 'output_cost', 'total_cost')";
constexpr const char* kMetadataKeys =
    "('mlflow.trace.session', 'mlflow.trace.tokenUsage', 'mlflow.trace.cost')";

// What is known of a trace, as older versions kept it.
struct Trace {
  std::optional<std::string> name;
  std::optional<std::string> session;
  std::string usage;
  std::string cost;
  std::map<std::string, std::optional<int64_t>> counts;  // where there is a metric, it counts
};

void set(sql::Statement& statement, int position, const std::optional<std::string>& text) {
  if (text)
    statement.bind(position, *text);
  else
    statement.bind_null(position);
}
void set(sql::Statement& statement, int position, std::optional<int64_t> number) {
  if (number)
    statement.bind(position, *number);
  else
    statement.bind_null(position);
}
void set(sql::Statement& statement, int position, std::optional<double> number) {
  if (number)
    statement.bind(position, *number);
  else
    statement.bind_null(position);
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::kInvalidState, "Figures of traces cannot be moved to columns: " + what + ".");
}

// --- check_traces

void check_parents(sql::Connection& connection, const std::string& table) {
  auto row = connection.prepare("SELECT c.trace_id FROM " + table +
                                " c LEFT JOIN trace_info t ON t.request_id = c.trace_id WHERE t.request_id "
                                "IS NULL LIMIT 1");
  if (row.step())
    refuse(table + " has rows of the trace '" + std::string(row.text(0)) + "', which is not there");
}

// --- fill_trace_figures

class TraceFill {
 public:
  explicit TraceFill(sql::Connection& connection) : connection_(connection) {}

  // False when no trace is left.
  bool next_page() {
    traces_.clear();
    std::vector<std::string> ids = read_ids();
    if (ids.empty()) return false;
    for (const std::string& id : ids) traces_[id];
    read_tags(ids.back());
    read_metadata(ids.back());
    read_metrics(ids.back());
    for (const std::string& id : ids) write(id, traces_[id]);
    last_ = ids.back();
    return true;
  }

  int64_t rows() const { return rows_; }

 private:
  std::vector<std::string> read_ids() {
    auto row = connection_.prepare(
        "SELECT request_id FROM trace_info WHERE request_id > ?1 ORDER BY request_id LIMIT ?2");
    row.bind(1, last_).bind(2, kPage);
    std::vector<std::string> ids;
    while (row.step()) ids.emplace_back(row.text(0));
    return ids;
  }

  // Of a table with rows of traces: those of this page, which ends with `last`.
  sql::Statement rows_of(const std::string& table, const std::string& condition, const std::string& last) {
    auto row = connection_.prepare("SELECT request_id, key, value FROM " + table +
                                   " WHERE request_id > ?1 AND request_id <= ?2 AND " + condition);
    row.bind(1, last_).bind(2, last);
    return row;
  }

  void read_tags(const std::string& last) {
    auto row = rows_of("trace_tags", "key = 'mlflow.traceName'", last);
    while (row.step()) {
      if (!row.is_null(2)) traces_[std::string(row.text(0))].name = shortened(row.text(2), kLongestTraceName);
    }
  }

  void read_metadata(const std::string& last) {
    auto row = rows_of("trace_request_metadata", std::string("key IN ") + kMetadataKeys, last);
    while (row.step()) {
      if (row.is_null(2)) continue;
      Trace& trace = traces_[std::string(row.text(0))];
      const std::string key(row.text(1));
      if (key == "mlflow.trace.session")
        trace.session = shortened(row.text(2), kLongestSession);
      else
        (key == "mlflow.trace.cost" ? trace.cost : trace.usage) = std::string(row.text(2));
    }
  }

  void read_metrics(const std::string& last) {
    auto row = rows_of("trace_metrics", std::string("key IN ") + kCountKeys, last);
    while (row.step())
      traces_[std::string(row.text(0))].counts[std::string(row.text(1))] =
          row.is_null(2) ? std::nullopt : whole_count(row.real(2));
  }

  static bool is_empty(const Trace& trace) {
    return !trace.name && !trace.session && trace.usage.empty() && trace.cost.empty() && trace.counts.empty();
  }

  void write(const std::string& id, const Trace& trace) {
    if (is_empty(trace)) return;
    auto update = connection_.prepare(
        "UPDATE trace_info SET trace_name = ?1, session_id = ?2, input_tokens = ?3, output_tokens = ?4, "
        "total_tokens = ?5, cache_read_input_tokens = ?6, cache_creation_input_tokens = ?7, "
        "cache_creation_input_tokens_above_1hr = ?8, input_cost = ?9, output_cost = ?10, total_cost = ?11 "
        "WHERE request_id = ?12");
    set(update, 1, trace.name);
    set(update, 2, trace.session);
    int position = 3;
    for (const char* name : kCounts) {
      const auto metric = trace.counts.find(name);
      set(update, position++,
          metric == trace.counts.end() ? FigureObject(trace.usage).count(name) : metric->second);
    }
    for (const char* name : kCosts) set(update, position++, FigureObject(trace.cost).amount(name));
    update.bind(12, id).run();
    ++rows_;
  }

  sql::Connection& connection_;
  std::map<std::string, Trace> traces_;
  std::string last_;
  int64_t rows_ = 0;
};

struct Span {
  std::string trace_id;
  std::string span_id;
  std::string dimensions;
  std::array<std::optional<double>, 3> costs;
};

constexpr const char* kNextSpans =
    "SELECT s.trace_id, s.span_id, s.dimension_attributes, "
    "(SELECT m.value FROM span_metrics m WHERE m.trace_id = s.trace_id AND m.span_id = s.span_id AND m.key = "
    "'input_cost'), "
    "(SELECT m.value FROM span_metrics m WHERE m.trace_id = s.trace_id AND m.span_id = s.span_id AND m.key = "
    "'output_cost'), "
    "(SELECT m.value FROM span_metrics m WHERE m.trace_id = s.trace_id AND m.span_id = s.span_id AND m.key = "
    "'total_cost') "
    "FROM spans s WHERE s.trace_id >= ?1 AND (s.trace_id > ?1 OR s.span_id > ?2) "
    "ORDER BY s.trace_id, s.span_id LIMIT ?3";

class SpanPages {
 public:
  explicit SpanPages(sql::Connection& connection) : connection_(connection) {}

  std::vector<Span> next() {
    auto row = connection_.prepare(kNextSpans);
    row.bind(1, trace_id_).bind(2, span_id_).bind(3, kPage);
    std::vector<Span> spans;
    while (row.step()) spans.push_back(span_of(row));
    if (spans.empty()) return spans;
    trace_id_ = spans.back().trace_id;
    span_id_ = spans.back().span_id;
    return spans;
  }

 private:
  static Span span_of(const sql::Statement& row) {
    Span span{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), {}};
    for (int cost = 0; cost < 3; ++cost) {
      if (!row.is_null(3 + cost)) span.costs[static_cast<size_t>(cost)] = row.real(3 + cost);
    }
    return span;
  }

  sql::Connection& connection_;
  std::string trace_id_;
  std::string span_id_;
};

std::optional<std::string> model_name(const Span& span, const char* key) {
  auto text = FigureObject(span.dimensions).text(key);
  return text ? std::optional(shortened(*text, kLongestModel)) : std::nullopt;
}

bool is_empty(const Span& span) {
  return span.dimensions.empty() && !span.costs[0] && !span.costs[1] && !span.costs[2];
}

int64_t write(sql::Connection& connection, const std::vector<Span>& spans) {
  int64_t rows = 0;
  for (const Span& span : spans) {
    if (is_empty(span)) continue;
    auto update = connection.prepare(
        "UPDATE spans SET input_cost = ?1, output_cost = ?2, total_cost = ?3, model_name = ?4, "
        "model_provider = ?5 WHERE trace_id = ?6 AND span_id = ?7");
    for (int cost = 0; cost < 3; ++cost) set(update, 1 + cost, span.costs[static_cast<size_t>(cost)]);
    set(update, 4, model_name(span, "mlflow.llm.model"));
    set(update, 5, model_name(span, "mlflow.llm.provider"));
    update.bind(6, span.trace_id).bind(7, span.span_id).run();
    ++rows;
  }
  return rows;
}

// Gateways know what their spans cost, but not what the trace does.
void fill_costs_of_gateways(sql::Connection& connection) {
  connection
      .prepare(
          "UPDATE trace_info SET total_cost = (SELECT sum(s.total_cost) FROM spans s WHERE s.trace_id = "
          "trace_info.request_id) WHERE trace_info.total_cost IS NULL AND EXISTS (SELECT 1 FROM "
          "trace_request_metadata m WHERE m.request_id = trace_info.request_id AND m.key = "
          "'mlflow.gateway.endpointId')")
      .run();
}

struct Assessment {
  std::string id;
  Aggregate aggregate;
  int64_t experiment_id = 0;
  int64_t time = 0;
};

std::vector<Assessment> next_assessments(sql::Connection& connection, const std::string& last) {
  auto row = connection.prepare(
      "SELECT a.assessment_id, a.value, t.experiment_id, t.timestamp_ms FROM assessments a JOIN trace_info t "
      "ON t.request_id = a.trace_id WHERE a.assessment_id > ?1 ORDER BY a.assessment_id LIMIT ?2");
  row.bind(1, last).bind(2, kPage);
  std::vector<Assessment> page;
  while (row.step())
    page.push_back({std::string(row.text(0)), aggregate_of(row.text(1)), row.integer(2), row.integer(3)});
  return page;
}

void write(sql::Connection& connection, const std::vector<Assessment>& assessments) {
  for (const Assessment& one : assessments) {
    auto update = connection.prepare(
        "UPDATE assessments SET experiment_id = ?1, trace_timestamp_ms = ?2, aggregate_value = ?3, "
        "is_numeric_value = ?4 WHERE assessment_id = ?5");
    update.bind(1, one.experiment_id).bind(2, one.time);
    set(update, 3, one.aggregate.value);
    update.bind_boolean(4, one.aggregate.is_numeric).bind(5, one.id).run();
  }
}

int64_t fill_traces(sql::Connection& connection, const InBatch& in_batch) {
  TraceFill traces(connection);
  for (bool more = true; more;) in_batch([&] { more = traces.next_page(); });
  return traces.rows();
}

int64_t fill_spans(sql::Connection& connection, const InBatch& in_batch) {
  SpanPages spans(connection);
  int64_t rows = 0;
  for (bool more = true; more;) {
    in_batch([&] {
      const std::vector<Span> page = spans.next();
      rows += write(connection, page);
      more = !page.empty();
    });
  }
  return rows;
}

int64_t fill_assessments(sql::Connection& connection, const InBatch& in_batch) {
  int64_t rows = 0;
  std::string last;
  for (bool more = true; more;) {
    in_batch([&] {
      const std::vector<Assessment> page = next_assessments(connection, last);
      write(connection, page);
      rows += static_cast<int64_t>(page.size());
      more = !page.empty();
      if (more) last = page.back().id;
    });
  }
  return rows;
}

// --- clear_trace_figures

// Keys are walked in pages of traces: a condition on the key alone would have MySQL lock the whole table.
int64_t clear(sql::Connection& connection, const std::string& table, const std::string& id,
              const std::string& condition, const InBatch& in_batch) {
  int64_t rows = 0;
  std::string last;
  for (bool more = true; more;) {
    in_batch([&] {
      std::string end;
      {
        auto row = connection.prepare("SELECT " + id + " FROM " + table + " WHERE " + id + " > ?1 ORDER BY " +
                                      id + " LIMIT 1 OFFSET ?2");
        row.bind(1, last).bind(2, kPage);
        more = row.step();
        if (more) end = std::string(row.text(0));
      }
      auto gone = connection.prepare("DELETE FROM " + table + " WHERE " + id + " > ?1 AND " + condition +
                                     (more ? " AND " + id + " <= ?2" : ""));
      gone.bind(1, last);
      if (more) gone.bind(2, end);
      gone.run();
      rows += connection.changes();
      last = end;
    });
  }
  return rows;
}

int64_t clear_all(sql::Connection& connection, const InBatch& in_batch) {
  return clear(connection, "trace_tags", "request_id", "key = 'mlflow.traceName'", in_batch) +
         clear(connection, "trace_request_metadata", "request_id", std::string("key IN ") + kMetadataKeys,
               in_batch) +
         clear(connection, "trace_metrics", "request_id", std::string("key IN ") + kCountKeys, in_batch) +
         clear(connection, "span_metrics", "trace_id", std::string("key IN ") + kCostKeys, in_batch);
}

void check(sql::Connection& connection) {
  check_parents(connection, "spans");
  check_parents(connection, "assessments");
  SpanPages pages(connection);
  for (std::vector<Span> page = pages.next(); !page.empty(); page = pages.next()) {
    for (const Span& span : page) {
      const std::string fault = span.dimensions.empty() ? "" : fault_of_dimensions(span.dimensions);
      if (!fault.empty())
        refuse("the span '" + span.span_id + "' of the trace '" + span.trace_id + "' has " + fault +
               " among its dimension_attributes");
    }
  }
}

int64_t fill(sql::Connection& connection, const InBatch& in_batch) {
  int64_t rows = fill_traces(connection, in_batch);
  rows += fill_spans(connection, in_batch);
  in_batch([&] { fill_costs_of_gateways(connection); });
  return rows + fill_assessments(connection, in_batch);
}

}  // namespace

int64_t move_trace_figures(sql::Connection& connection, const std::string& task, const InBatch& in_batch) {
  if (task == "fill_trace_figures") return fill(connection, in_batch);
  if (task == "clear_trace_figures") return clear_all(connection, in_batch);
  if (task != "check_traces") throw Error(ErrorCode::kInternalError, "There is no task '" + task + "'.");
  check(connection);
  return 0;
}

}  // namespace millrace::maintenance

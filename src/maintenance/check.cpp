#include "maintenance/check.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "maintenance/figures.h"
#include "maintenance/known_schema.h"

namespace millrace::maintenance {
namespace {

using Weight = Finding::Weight;

constexpr std::array<const char*, 5> kRegistryTables{"registered_models", "registered_model_tags",
                                                     "registered_model_aliases", "model_versions",
                                                     "model_version_tags"};

// A question whose answer should be no rows: how many there are, and one of them.
struct Question {
  const char* what;
  const char* sql;
};

constexpr const char* kNewer =
    "m.step > l.step OR (m.step = l.step AND (m.timestamp > l.timestamp OR (m.timestamp = l.timestamp AND "
    "m.value > l.value)))";

const std::array<Question, 3>& metric_questions() {
  static const std::string stale = std::string(
                                       "SELECT COUNT(*), MIN(l.run_uuid) FROM latest_metrics l WHERE EXISTS "
                                       "(SELECT 1 FROM metrics m WHERE "
                                       "m.run_uuid = l.run_uuid AND m.key = l.key AND (") +
                                   kNewer + "))";
  static const std::array<Question, 3> questions{
      {{"metrics without a latest point",
        "SELECT COUNT(*), MIN(m.run_uuid) FROM (SELECT DISTINCT run_uuid, key FROM metrics) m LEFT JOIN "
        "latest_metrics l ON l.run_uuid = m.run_uuid AND l.key = m.key WHERE l.run_uuid IS NULL"},
       {"latest points that were never logged",
        "SELECT COUNT(*), MIN(l.run_uuid) FROM latest_metrics l WHERE NOT EXISTS (SELECT 1 FROM metrics m "
        "WHERE "
        "m.run_uuid = l.run_uuid AND m.key = l.key AND m.step = l.step AND m.timestamp = l.timestamp AND "
        "m.is_nan = l.is_nan)"},
       {"latest points of metrics that have a later one", stale.c_str()}}};
  return questions;
}

constexpr std::array<Question, 1> kModelQuestions{
    {{"aliases of versions that are not there",
      "SELECT COUNT(*), MIN(a.alias) FROM registered_model_aliases a WHERE NOT EXISTS (SELECT 1 FROM "
      "model_versions v WHERE v.workspace = a.workspace AND v.name = a.name AND v.version = a.version)"}}};

// What older versions of `mlflow gc` leave behind.
constexpr std::array<Question, 1> kLeftovers{
    {{"links of datasets to runs that are not there",
      "SELECT COUNT(*), MIN(i.destination_id) FROM inputs i WHERE i.destination_type = 'RUN' AND NOT EXISTS "
      "(SELECT 1 FROM runs r WHERE r.run_uuid = i.destination_id)"}}};

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

class Check {
 public:
  Check(Session& session, const CheckOptions& options, const Tell& tell)
      : session_(session), options_(options), tell_(tell), known_(known_schema()) {}

  std::vector<Finding> run() {
    tell_("Looks at the schema.");
    if (!check_revision()) return findings_;
    if (!check_schema()) return findings_;
    tell_("Looks whether rows refer to rows that are there.");
    for (const Reference& reference : known_.references) check_reference(reference);
    ask(kModelQuestions, Weight::kFault, "rows");
    if (options_.registry_only) return findings_;
    ask(kLeftovers, Weight::kNote, "rows");
    tell_("Looks whether the latest points of metrics are the latest.");
    ask(metric_questions(), Weight::kFault, "metrics");
    return findings_;
  }

 private:
  void add(Weight weight, const char* topic, const std::string& text) {
    findings_.push_back({weight, topic, text});
  }

  bool is_of_interest(const std::string& table) const {
    return !options_.registry_only ||
           std::find(kRegistryTables.begin(), kRegistryTables.end(), table) != kRegistryTables.end();
  }

  bool check_revision() {
    try {
      require_known_schema(session_);
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidState) throw;
      add(Weight::kFault, "schema", error.what());
      return false;
    }
  }

  // Without a table or a column the other questions cannot be asked.
  bool check_schema() {
    const SchemaNames seen = schema_of(session_);
    const size_t before = findings_.size();
    for (const auto& [table, columns] : known_.columns) {
      if (is_of_interest(table)) check_table(table, columns, seen);
    }
    const bool is_whole = findings_.size() == before;
    for (const auto& [index, table] : known_.indexes) {
      if (is_of_interest(table) && !seen.indexes.contains(index))
        add(Weight::kFault, "schema", "The index " + index + " of the table " + table + " is missing.");
    }
    note_additions(seen);
    return is_whole;
  }

  void check_table(const std::string& table, const std::set<std::string>& columns, const SchemaNames& seen) {
    const auto found = seen.columns.find(table);
    if (found == seen.columns.end())
      return add(Weight::kFault, "schema", "The table " + table + " is missing.");
    std::vector<std::string> missing;
    std::set_difference(columns.begin(), columns.end(), found->second.begin(), found->second.end(),
                        std::back_inserter(missing));
    if (!missing.empty())
      add(Weight::kFault, "schema", "The table " + table + " lacks columns: " + list_of(missing) + ".");
  }

  void note_additions(const SchemaNames& seen) {
    for (const auto& [table, columns] : seen.columns) {
      const auto known = known_.columns.find(table);
      if (known == known_.columns.end()) {
        add(Weight::kNote, "schema", "The table " + table + " is none of MLflow's tracking and registry.");
        continue;
      }
      std::vector<std::string> more;
      std::set_difference(columns.begin(), columns.end(), known->second.begin(), known->second.end(),
                          std::back_inserter(more));
      if (!more.empty())
        add(Weight::kNote, "schema", "The table " + table + " has more columns: " + list_of(more) + ".");
    }
    // MySQL's own indexes of foreign keys and unique columns have names that nobody chose.
    if (session_.dialect == Dialect::kMysql) return;
    for (const auto& [index, table] : seen.indexes) {
      if (!known_.indexes.contains(index) && !index.starts_with("millrace_") &&
          known_.columns.contains(table))
        add(Weight::kNote, "schema", "The table " + table + " has one more index: " + index + ".");
    }
  }

  void check_reference(const Reference& reference) {
    if (!is_of_interest(reference.table)) return;
    std::string present;
    std::string same;
    for (size_t number = 0; number < reference.columns.size(); ++number) {
      present += (number == 0 ? "c." : " AND c.") + reference.columns[number] + " IS NOT NULL";
      same += (number == 0 ? "p." : " AND p.") + reference.other_columns[number] + " = c." +
              reference.columns[number];
    }
    auto row = session_.connection->prepare(
        "SELECT COUNT(*), MIN(c." + reference.columns.back() + ") FROM " + reference.table + " c WHERE " +
        present + " AND NOT EXISTS (SELECT 1 FROM " + reference.other + " p WHERE " + same + ")");
    if (!row.step() || row.integer(0) == 0) return;
    add(Weight::kFault, "rows",
        with_thousands(row.integer(0)) + " rows of " + reference.table + " refer to " + reference.other +
            " that are not there, among them '" + std::string(row.text(1)) + "'.");
  }

  template <size_t kCount>
  void ask(const std::array<Question, kCount>& questions, Weight weight, const char* topic) {
    for (const Question& question : questions) {
      auto row = session_.connection->prepare(question.sql);
      if (!row.step() || row.integer(0) == 0) continue;
      add(weight, topic,
          with_thousands(row.integer(0)) + " " + question.what + ", among them of '" +
              std::string(row.text(1)) + "'.");
    }
  }

  Session& session_;
  const CheckOptions options_;
  const Tell& tell_;
  const SchemaNames known_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_database(Session& session, const CheckOptions& options, const Tell& tell) {
  return Check(session, options, tell).run();
}

}  // namespace millrace::maintenance

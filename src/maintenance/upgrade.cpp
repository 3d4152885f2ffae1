#include "maintenance/upgrade.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/error.h"
#include "maintenance/figures.h"
#include "maintenance/migrations/site.h"
#include "sql/mysql/mysql_database.h"
#include "sql/postgres/postgres_database.h"
#include "sql/schema_check.h"
#include "sql/sqlite_database.h"
#include "sql/sqlite_uri.h"

namespace millrace::maintenance {
namespace {

// Makes the schema where there is none, and our own indexes; what is there is left as it is.
void open_once(const std::string& uri, Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      sql::SqliteDatabase({sql::sqlite_path(uri), "", 1});
      return;
    case Dialect::kPostgres:
      sql::PostgresDatabase({uri, "", 1});
      return;
    case Dialect::kMysql:
      sql::MysqlDatabase({uri, "", 1});
      return;
  }
}

std::unique_ptr<UpgradeSite> open_site(const std::string& uri, Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return open_sqlite_site(uri);
    case Dialect::kPostgres:
      return open_postgres_site(uri);
    case Dialect::kMysql:
      return open_mysql_site(uri);
  }
  return nullptr;
}

std::string name_of_step(const std::vector<Step>& steps, size_t number) {
  return std::to_string(number + 1) + "/" + std::to_string(steps.size()) + " " + steps[number].revision +
         " (" + steps[number].title + ")";
}

std::string seconds_since(std::chrono::steady_clock::time_point start) {
  const auto tenths =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start)
          .count() /
      100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

class Upgrade {
 public:
  Upgrade(UpgradeSite& site, const Tell& tell)
      : site_(site), tell_(tell), steps_(read_steps(steps_script(), site.dialect())) {}

  UpgradeReport run() {
    site_.lock(tell_);
    report_.from = site_.revision();
    size_t next = first_step(report_.from);
    if (next < steps_.size()) announce(next);
    while (next < steps_.size()) {
      run_step(next);
      // Where there is no lock around all steps, an upgrade beside this one may be further.
      next = first_step(site_.revision());
    }
    site_.finish();
    report_.to = site_.revision();
    return report_;
  }

 private:
  // The number of the step that follows a revision.
  size_t first_step(const std::string& revision) const {
    if (revision == kFirstRevision) return 0;
    const auto found = std::find_if(steps_.begin(), steps_.end(),
                                    [&](const Step& step) { return step.revision == revision; });
    if (found != steps_.end()) return static_cast<size_t>(found - steps_.begin()) + 1;
    throw Error(ErrorCode::kInvalidState,
                "The " + site_.label() + " has schema revision " + revision +
                    ", which is none of MLflow 2.0 to 3.17 (" + kFirstRevision + " to " +
                    sql::kSchemaRevision +
                    "). Bring an older one to MLflow 2.0 with `mlflow db upgrade` of that version; a newer "
                    "one needs a newer Millrace. Nothing was changed.");
  }

  void announce(size_t next) const {
    tell_("Upgrades the " + site_.label() + " from schema revision " + report_.from + " to " +
          sql::kSchemaRevision + " (MLflow 3.17) in " + std::to_string(steps_.size() - next) + " steps.");
    tell_(
        "Stop the servers that use it. Without a backup there is no way back: make one now if there is "
        "none.");
    std::set<std::string> tables;
    for (size_t number = next; number < steps_.size(); ++number) {
      for (const Action& action : steps_[number].actions) {
        if (action.kind == Action::Kind::kRebuild && site_.has_table(action.table))
          tables.insert(action.table);
      }
    }
    if (tables.empty()) return;
    std::string list;
    for (const std::string& table : tables) list += (list.empty() ? "" : ", ") + table;
    tell_("Tables that are written anew, for which the disk needs as much room again: " + list + ".");
  }

  void run_step(size_t number) {
    const auto start = std::chrono::steady_clock::now();
    const std::string from = number == 0 ? kFirstRevision : steps_[number - 1].revision;
    const std::string name = name_of_step(steps_, number);
    tell_(name);
    const std::optional<StepOutcome> outcome = site_.run(steps_[number], from);
    if (!outcome) return tell_("  done by another upgrade meanwhile");
    ++report_.steps;
    report_.rows += outcome->rows;
    if (outcome->rows > 0) tell_("  " + with_thousands(outcome->rows) + " rows, " + seconds_since(start));
  }

  UpgradeSite& site_;
  const Tell& tell_;
  const std::vector<Step> steps_;
  UpgradeReport report_;
};

// Nothing where there is nothing to upgrade: opening the database once makes the schema, or says why not.
std::unique_ptr<UpgradeSite> find_site(const std::string& uri, Dialect dialect) {
  if (dialect == Dialect::kSqlite && !sqlite_file_exists(uri)) return nullptr;
  auto site = open_site(uri, dialect);
  const bool is_versioned =
      site->has_table("alembic_version") && !site->has_table("millrace_unfinished_schema");
  return is_versioned ? std::move(site) : nullptr;
}

}  // namespace

UpgradeReport upgrade_database(const std::string& uri, const Tell& tell) {
  const Dialect dialect = dialect_of(uri);
  UpgradeReport report;
  report.to = sql::kSchemaRevision;
  if (const auto site = find_site(uri, dialect)) {
    report = Upgrade(*site, tell).run();
  } else {
    tell("Makes the schema of MLflow 3.17 in a database without tables.");
  }
  tell("Makes the indexes that searches need.");
  open_once(uri, dialect);
  return report;
}

}  // namespace millrace::maintenance

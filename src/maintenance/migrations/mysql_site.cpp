#include <algorithm>
#include <array>

#include "base/error.h"
#include "maintenance/migrations/site.h"
#include "sql/mysql/mysql_database.h"

namespace millrace::maintenance {
namespace {

// Stands in a database while it is upgraded, and says how far a step has come that no transaction can hold
// together here.
constexpr const char* kProgress = "millrace_unfinished_upgrade";

// What a statement is answered that was run before: there is such a table, column, key, constraint or row, or
// what it drops or renames is gone. The one trigger is dropped before it is made.
constexpr std::array<unsigned, 10> kDoneBefore{1005, 1022, 1050, 1054, 1060, 1061, 1062, 1068, 1091, 1826};

constexpr const char* kForeignKeys =
    "SELECT constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = "
    "DATABASE() AND table_name = ?1 AND referenced_table_name = ?2";
constexpr const char* kUnique =
    "SELECT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = "
    "?1 "
    "AND non_unique = 0 AND index_name <> 'PRIMARY' GROUP BY index_name HAVING COUNT(*) = 1 AND "
    "MAX(column_name) = ?2";

class MysqlSite : public UpgradeSite {
 public:
  explicit MysqlSite(sql::PatientMysqlConnection opened)
      : UpgradeSite({Dialect::kMysql, opened.label, std::move(opened.connection)}),
        last_error_(std::move(opened.last_error)) {}

  void lock(const Tell& tell) override {
    if (!try_lock(0)) {
      tell("Somebody else makes or upgrades the schema; waiting.");
      while (!try_lock(3600)) {
      }
    }
    connection().execute("SET SESSION lock_wait_timeout = 60");
  }

  std::optional<StepOutcome> run(const Step& step, const std::string& from) override {
    if (revision() != from) return std::nullopt;
    StepOutcome outcome;
    const std::optional<size_t> done = done_before(step);
    if (!done) begin(step);
    for (size_t number = done.value_or(0); number < step.actions.size(); ++number) {
      const Action& action = step.actions[number];
      outcome.rows += number == done ? apply_perhaps_again(action) : apply(action);
      connection().execute(std::string("UPDATE ") + kProgress + " SET done = " + std::to_string(number + 1));
    }
    end(step);
    return outcome;
  }

  void finish() override { connection().execute(std::string("DROP TABLE IF EXISTS ") + kProgress); }

 protected:
  std::vector<std::string> drops(const Action& action) override {
    const bool foreign = action.kind == Action::Kind::kDropForeignKeys;
    auto row = connection().prepare(foreign ? kForeignKeys : kUnique);
    row.bind(1, action.table).bind(2, action.other);
    std::vector<std::string> statements;
    while (row.step())
      statements.push_back("ALTER TABLE " + action.table + (foreign ? " DROP FOREIGN KEY " : " DROP INDEX ") +
                           quoted_name(row.text(0), Dialect::kMysql));
    return statements;
  }

  void in_batch(const std::function<void()>& batch) override {
    sql::Transaction transaction(connection(), sql::Transaction::Kind::kWrite);
    batch();
    transaction.commit();
  }

 private:
  bool try_lock(int seconds) {
    auto row = connection().prepare("SELECT GET_LOCK(CONCAT('millrace:', MD5(DATABASE())), " +
                                    std::to_string(seconds) + ")");
    return row.step() && row.integer(0) == 1;
  }

  // How many actions of the step are known to be done, when it was begun before.
  std::optional<size_t> done_before(const Step& step) {
    if (!has_table(kProgress)) return std::nullopt;
    auto row = connection().prepare(std::string("SELECT done FROM ") + kProgress + " WHERE step = ?1");
    if (!row.bind(1, step.revision).step()) return std::nullopt;
    return static_cast<size_t>(row.integer(0));
  }

  void begin(const Step& step) {
    const std::string table(kProgress);
    connection().execute("CREATE TABLE IF NOT EXISTS " + table +
                         " (step VARCHAR(32) NOT NULL, done INTEGER NOT NULL)");
    connection().execute("INSERT INTO " + table + " (step, done) VALUES ('" + step.revision + "', 0)");
  }

  void end(const Step& step) {
    sql::Transaction transaction(connection(), sql::Transaction::Kind::kWrite);
    set_revision(step.revision);
    connection().prepare(std::string("DELETE FROM ") + kProgress).run();
    transaction.commit();
  }

  // For the first action after an interruption, which may have been done without our knowing.
  int64_t apply_perhaps_again(const Action& action) {
    try {
      return apply(action);
    } catch (const Error&) {
      if (std::find(kDoneBefore.begin(), kDoneBefore.end(), last_error_()) == kDoneBefore.end()) throw;
      return 0;
    }
  }

  const std::function<unsigned()> last_error_;
};

}  // namespace

std::unique_ptr<UpgradeSite> open_mysql_site(const std::string& uri) {
  return std::make_unique<MysqlSite>(sql::connect_patiently_to_mysql(uri));
}

}  // namespace millrace::maintenance

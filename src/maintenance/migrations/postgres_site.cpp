#include "maintenance/migrations/site.h"
#include "sql/postgres/postgres_database.h"
#include "sql/postgres/uri.h"

namespace millrace::maintenance {
namespace {

// Statements of a step may take as long as there are rows, but not wait for long for those who read a table.
constexpr const char* kSettings = "SET lock_timeout = '60s'";

constexpr const char* kForeignKeys =
    "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(?1) AND confrelid = "
    "to_regclass(?2)";
constexpr const char* kUnique =
    "SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = "
    "c.conkey[1] WHERE c.contype = 'u' AND c.conrelid = to_regclass(?1) AND a.attname = ?2 AND "
    "array_length(c.conkey, 1) = 1";

class PostgresSite : public UpgradeSite {
 public:
  explicit PostgresSite(const std::string& uri)
      : UpgradeSite({Dialect::kPostgres, sql::postgres::parse_uri(uri).label(),
                     sql::connect_patiently_to_postgres(uri)}) {}

  void lock(const Tell& tell) override {
    const std::string key = std::to_string(sql::kPostgresSchemaLock);
    bool is_ours = false;
    {
      auto row = connection().prepare("SELECT pg_try_advisory_lock(" + key + ")");
      is_ours = row.step() && row.integer(0) != 0;
    }
    if (!is_ours) {
      tell("Somebody else makes or upgrades the schema; waiting.");
      connection().execute("SELECT pg_advisory_lock(" + key + ")");
    }
    connection().execute(kSettings);
  }

  std::optional<StepOutcome> run(const Step& step, const std::string& from) override {
    return run_in_transaction(step, from);
  }

 protected:
  std::vector<std::string> drops(const Action& action) override {
    auto row = connection().prepare(action.kind == Action::Kind::kDropForeignKeys ? kForeignKeys : kUnique);
    row.bind(1, action.table).bind(2, action.other);
    std::vector<std::string> statements;
    while (row.step())
      statements.push_back("ALTER TABLE " + action.table + " DROP CONSTRAINT " +
                           quoted_name(row.text(0), Dialect::kPostgres));
    return statements;
  }
};

}  // namespace

std::unique_ptr<UpgradeSite> open_postgres_site(const std::string& uri) {
  return std::make_unique<PostgresSite>(uri);
}

}  // namespace millrace::maintenance

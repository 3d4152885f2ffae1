#include "maintenance/migrations/site.h"
#include "sql/sqlite_uri.h"

namespace millrace::maintenance {
namespace {

sql::ConnectionOptions options() {
  sql::ConnectionOptions options;
  // Another upgrade may hold the lock for as long as it takes to copy a table.
  options.busy_timeout = std::chrono::hours(24);
  options.cache_kilobytes = 64 * 1024;
  return options;
}

class SqliteSite : public UpgradeSite {
 public:
  explicit SqliteSite(const std::string& path)
      : UpgradeSite({Dialect::kSqlite, "database '" + path + "'",
                     std::make_unique<sql::Connection>(path, options())}) {
    // Tables are dropped whose rows others refer to, and views may do without them for a moment.
    connection().execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON");
  }

  void lock(const Tell&) override {}

  std::optional<StepOutcome> run(const Step& step, const std::string& from) override {
    return run_in_transaction(step, from);
  }
};

}  // namespace

std::unique_ptr<UpgradeSite> open_sqlite_site(const std::string& uri) {
  require_sqlite_file(uri);
  return std::make_unique<SqliteSite>(sql::sqlite_path(uri));
}

}  // namespace millrace::maintenance

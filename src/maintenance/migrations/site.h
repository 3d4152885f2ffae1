#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "maintenance/migrations/actions.h"
#include "maintenance/session.h"

namespace millrace::maintenance {

/// What came of a step.
struct StepOutcome {
  int64_t rows = 0;  ///< copied or changed
};

/// A database while it is upgraded: a connection without time-outs for statements. The dialects differ in
/// what they lock, what they do in one transaction and how names of constraints are found. One thread.
class UpgradeSite {
 public:
  virtual ~UpgradeSite() = default;

  /// Keeps other upgrades and servers that want to make the schema waiting until this is destroyed. SQLite,
  /// where each step has its own lock, does nothing.
  virtual void lock(const Tell& tell) = 0;
  /// Runs a step and sets the revision. When somebody else was first, nothing is done.
  virtual std::optional<StepOutcome> run(const Step& step, const std::string& from) = 0;
  /// Whatever run() leaves for one that goes on after an interruption is cleared away.
  virtual void finish() {}

  /// The revision in alembic_version. Throws INVALID_STATE when there is none or more than one.
  std::string revision();

  bool has_table(std::string_view name) { return maintenance::has_table(session_, name); }

  const std::string& label() const { return session_.label; }
  Dialect dialect() const { return session_.dialect; }
  sql::Connection& connection() { return *session_.connection; }

 protected:
  explicit UpgradeSite(Session session) : session_(std::move(session)) {}

  /// All of a step and the revision in one transaction.
  std::optional<StepOutcome> run_in_transaction(const Step& step, const std::string& from);
  /// The number of rows that it copied or changed.
  int64_t apply(const Action& action);
  void set_revision(const std::string& revision);

  /// Statements that drop what the action names.
  virtual std::vector<std::string> drops(const Action&) { return {}; }
  /// Runs a batch of data; in a transaction of its own where the step has none.
  virtual void in_batch(const std::function<void()>& batch) { batch(); }

 private:
  Session session_;
};

/// Connects. Throws as the databases of src/sql do.
std::unique_ptr<UpgradeSite> open_sqlite_site(const std::string& uri);
std::unique_ptr<UpgradeSite> open_postgres_site(const std::string& uri);
std::unique_ptr<UpgradeSite> open_mysql_site(const std::string& uri);

}  // namespace millrace::maintenance

#include "maintenance/migrations/site.h"

#include "base/error.h"
#include "maintenance/migrations/sqlite_rebuild.h"
#include "maintenance/migrations/trace_figures.h"

namespace millrace::maintenance {

std::string UpgradeSite::revision() {
  auto row = connection().prepare("SELECT version_num FROM alembic_version");
  std::string revision;
  int rows = 0;
  for (; row.step(); ++rows) revision = std::string(row.text(0));
  if (rows == 1) return revision;
  throw Error(ErrorCode::kInvalidState, "The " + label() + " has " + std::to_string(rows) +
                                            " rows in alembic_version instead of one, so nobody can say "
                                            "which schema it has.");
}

void UpgradeSite::set_revision(const std::string& revision) {
  connection().prepare("UPDATE alembic_version SET version_num = ?1").bind(1, revision).run();
}

int64_t UpgradeSite::apply(const Action& action) {
  switch (action.kind) {
    case Action::Kind::kStatement:
      connection().execute(action.sql);
      return 0;
    case Action::Kind::kRebuild:
      return rebuild_table(connection(), action);
    case Action::Kind::kDropForeignKeys:
    case Action::Kind::kDropUnique:
      for (const std::string& statement : drops(action)) connection().execute(statement);
      return 0;
    case Action::Kind::kData:
      return move_trace_figures(connection(), action.other,
                                [this](const std::function<void()>& batch) { in_batch(batch); });
  }
  return 0;
}

std::optional<StepOutcome> UpgradeSite::run_in_transaction(const Step& step, const std::string& from) {
  sql::Transaction transaction(connection(), sql::Transaction::Kind::kWrite);
  if (revision() != from) return std::nullopt;
  StepOutcome outcome;
  for (const Action& action : step.actions) outcome.rows += apply(action);
  set_revision(step.revision);
  transaction.commit();
  return outcome;
}

}  // namespace millrace::maintenance

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "maintenance/database.h"

namespace millrace::maintenance {

/// One thing that a step does.
struct Action {
  enum class Kind {
    kStatement,        ///< `sql` is run
    kRebuild,          ///< `table` gets the definition `sql`; columns were named as `renamed` says before
    kDropForeignKeys,  ///< those of `table` that refer to `other`
    kDropUnique,       ///< what makes the column `other` of `table` unique
    kData,             ///< rows are moved by the function named `other`
  };
  Kind kind = Kind::kStatement;
  std::string sql{};
  std::string table{};
  std::string other{};
  /// "new=old", or empty.
  std::string renamed{};
};

/// What brings a database from one schema revision of MLflow to the next.
struct Step {
  std::string revision;  ///< that it leads to
  std::string title;
  std::vector<Action> actions;
};

/// The revision of MLflow 2.0, at which the steps begin.
inline constexpr const char* kFirstRevision = "97727af70f4d";

/// The text of steps.sql, which says what it consists of.
std::string_view steps_script();

/// The steps of a script for one kind of database, in their order. Throws INTERNAL_ERROR for what cannot be
/// read.
std::vector<Step> read_steps(std::string_view script, Dialect dialect);

}  // namespace millrace::maintenance

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "maintenance/session.h"

namespace millrace::maintenance {

/// Columns of a table that refer to those of another, in pairs.
struct Reference {
  std::string table;
  std::vector<std::string> columns;
  std::string other;
  std::vector<std::string> other_columns;
};

/// Tables with their columns, indexes with a name that was chosen, and references between tables.
struct SchemaNames {
  std::map<std::string, std::set<std::string>> columns;
  std::map<std::string, std::string> indexes;  ///< name to table
  std::vector<Reference> references;
};

/// The schema that the stores know. It has the same names in every database.
SchemaNames known_schema();

/// Tables, columns and indexes that a database has; no references.
SchemaNames schema_of(Session& session);

}  // namespace millrace::maintenance

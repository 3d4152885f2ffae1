#include <algorithm>

#include "base/error.h"
#include "registry/stores/sql/models_together.h"
#include "registry/stores/sql/rows.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "sql/paging.h"
#include "sql/search_sql.h"

namespace millrace::registry {
namespace {

using google::protobuf::RepeatedPtrField;
using sql::Connection;
using sql::SqlText;
using v1::plugin::ModelVersionPage;
using v1::plugin::ModelVersionQuery;
using v1::plugin::RegisteredModelPage;
using v1::plugin::RegisteredModelQuery;

struct Column {
  std::string_view field;
  std::string_view name;
  bool always_set = false;  ///< never NULL: an index gives the order in both directions
};

constexpr Column kModelColumns[] = {{"name", "m.name", true},
                                    {"last_updated_timestamp", "m.last_updated_time"}};
constexpr Column kVersionColumns[] = {
    {"name", "v.name", true},
    {"version_number", "v.version", true},
    {"run_id", "v.run_id"},
    {"source_path", "v.source"},
    {"creation_timestamp", "v.creation_time"},
    {"last_updated_timestamp", "v.last_updated_time"},
};

template <size_t kSize>
const Column& column_of(const Column (&columns)[kSize], std::string_view field) {
  for (const Column& column : columns) {
    if (column.field == field) return column;
  }
  throw Error(ErrorCode::kNotImplemented, "This store keeps no attribute '" + std::string(field) + "'.");
}

// `key_of_owner` joins the row x of the table of tags to the entity that is searched.
void append_tag_condition(SqlText& sql, std::string_view table, std::string_view key_of_owner,
                          const v1::Comparison& comparison) {
  const v1::Comparator comparator = comparison.comparator();
  sql << (comparator == v1::COMPARATOR_IS_NULL ? "NOT EXISTS (" : "EXISTS (");
  sql << "SELECT 1 FROM " << table << " x WHERE x.workspace = 'default' AND x.key = ";
  sql.value(comparison.field().name()) << " AND " << key_of_owner;
  if (comparator != v1::COMPARATOR_IS_NULL && comparator != v1::COMPARATOR_IS_NOT_NULL) {
    sql << " AND ";
    append_comparison(sql, "x.value", comparison);
  }
  sql << ")";
}

// Registered models: the row of `registered_models` is called m in the expressions.
class RegisteredModelSchema : public sql::FilterSchema {
 public:
  void append_condition(SqlText& sql, const v1::Comparison& comparison) const override {
    if (comparison.field().kind() == v1::FIELD_KIND_TAG)
      return append_tag_condition(sql, "registered_model_tags", "x.name = m.name", comparison);
    append_comparison(sql, std::string(column_of(kModelColumns, comparison.field().name()).name), comparison);
  }
};

// Model versions: the row of `model_versions` is called v in the expressions.
class ModelVersionSchema : public sql::FilterSchema {
 public:
  void append_condition(SqlText& sql, const v1::Comparison& comparison) const override {
    if (comparison.field().kind() == v1::FIELD_KIND_TAG)
      return append_tag_condition(sql, "model_version_tags", "x.name = v.name AND x.version = v.version",
                                  comparison);
    append_comparison(sql, std::string(column_of(kVersionColumns, comparison.field().name()).name),
                      comparison);
  }
};

// `mark` stands before each column: a plus sign keeps the database from walking an index for the order's
// sake.
template <size_t kSize>
void append_order(SqlText& sql, const Column (&columns)[kSize], const RepeatedPtrField<v1::OrderBy>& order_by,
                  std::string_view mark) {
  std::string_view between = " ORDER BY ";
  for (const v1::OrderBy& order : order_by) {
    const Column& column = column_of(columns, order.field().name());
    sql << between << mark << column.name << (order.descending() ? " DESC" : " ASC");
    if (!column.always_set) sql << " NULLS LAST";
    between = ", ";
  }
}

void append_page(SqlText& sql, const v1::plugin::Page& page) {
  sql << " LIMIT ";
  sql.value(page.limit() + 1) << " OFFSET ";
  sql.value(sql::offset_from(page.cursor()));
}

std::string cursor_after(const v1::plugin::Page& page) {
  return std::to_string(sql::offset_from(page.cursor()) + page.limit());
}

// True when every match has one of a few names or runs. Those have indexes, and sorting the few is cheaper
// than walking all in the order that was asked for.
bool selects_few(const v1::Filter& filter) {
  if (filter.node_case() == v1::Filter::kAllOf) {
    const auto& filters = filter.all_of().filters();
    return std::any_of(filters.begin(), filters.end(), selects_few);
  }
  if (filter.node_case() != v1::Filter::kComparison) return false;
  const v1::Comparison& comparison = filter.comparison();
  const std::string& name = comparison.field().name();
  return comparison.field().kind() == v1::FIELD_KIND_ATTRIBUTE && (name == "name" || name == "run_id") &&
         (comparison.comparator() == v1::COMPARATOR_EQUAL || comparison.comparator() == v1::COMPARATOR_IN);
}

SqlText plan(const RegisteredModelQuery& query) {
  SqlText sql;
  sql << "SELECT " << kRegisteredModelColumns
      << " FROM registered_models m WHERE m.workspace = 'default' AND ";
  append_filter(sql, RegisteredModelSchema(), query.filter());
  append_order(sql, kModelColumns, query.order_by(), "");
  append_page(sql, query.page());
  return sql;
}

SqlText plan(const ModelVersionQuery& query) {
  SqlText sql;
  sql << "SELECT " << kModelVersionColumns
      << " FROM model_versions v WHERE v.workspace = 'default' AND v.current_stage <> ";
  sql.value(std::string(kDeletedStage)) << " AND ";
  append_filter(sql, ModelVersionSchema(), query.filter());
  append_order(sql, kVersionColumns, query.order_by(), selects_few(query.filter()) ? "+" : "");
  append_page(sql, query.page());
  return sql;
}

RegisteredModelPage search(Connection& connection, const RegisteredModelQuery& query) {
  const SqlText sql = plan(query);
  auto rows = sql.prepare(connection);
  RegisteredModelPage page;
  while (rows.step()) {
    if (page.models_size() == query.page().limit()) {
      page.set_next_cursor(cursor_after(query.page()));
      break;
    }
    if (connection.is_remote()) {
      read_model_row(rows, *page.add_models());
    } else {
      read_registered_model(connection, rows, *page.add_models());
    }
  }
  if (connection.is_remote()) {
    const std::vector<v1::RegisteredModel*> models(page.mutable_models()->pointer_begin(),
                                                   page.mutable_models()->pointer_end());
    read_model_details_together(connection, models);
  }
  return page;
}

ModelVersionPage search(Connection& connection, const ModelVersionQuery& query) {
  const SqlText sql = plan(query);
  auto rows = sql.prepare(connection);
  ModelVersionPage page;
  while (rows.step()) {
    if (page.versions_size() == query.page().limit()) {
      page.set_next_cursor(cursor_after(query.page()));
      break;
    }
    if (connection.is_remote()) {
      read_version_row(rows, *page.add_versions());
    } else {
      read_model_version(connection, rows, *page.add_versions());
    }
  }
  if (connection.is_remote()) {
    const std::vector<v1::ModelVersion*> versions(page.mutable_versions()->pointer_begin(),
                                                  page.mutable_versions()->pointer_end());
    read_version_tags_together(connection, versions);
  }
  return page;
}

}  // namespace

RegisteredModelPage SqlRegistryStore::search_registered_models(const CallContext&,
                                                               const RegisteredModelQuery& request) {
  return database_->readers().read([&](Connection& connection) { return search(connection, request); });
}

ModelVersionPage SqlRegistryStore::search_model_versions(const CallContext&,
                                                         const ModelVersionQuery& request) {
  return database_->readers().read([&](Connection& connection) { return search(connection, request); });
}

}  // namespace millrace::registry

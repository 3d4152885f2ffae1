#include "registry/stores/sql/models_together.h"

#include <map>
#include <string>
#include <unordered_map>

#include "sql/read_pair.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using sql::Statement;
using Texts = std::vector<std::string_view>;

// The newest versions of each stage of the models with the names ?1, and behind each its model's name.
std::string latest_versions() {
  std::string sql;
  for (const std::string_view stage : kStages) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += std::string("SELECT ") + kModelVersionColumns +
           ", r.name FROM registered_models r JOIN model_versions v ON v.workspace = 'default' AND v.name = "
           "r.name AND v.version = (SELECT m.version FROM model_versions m WHERE m.workspace = 'default' AND "
           "m.name = r.name AND m.current_stage = '" +
           std::string(stage) +
           "' ORDER BY m.version DESC LIMIT 1) WHERE r.workspace = 'default' AND r.name = ANY(?1)";
  }
  return sql + " ORDER BY 2";
}

// What belongs to a model is told under the model's own name: where a collation takes names for the same that
// differ in case, rows may have others.
class ModelReader {
 public:
  ModelReader(Connection& connection, std::span<v1::RegisteredModel* const> models)
      : connection_(connection) {
    for (v1::RegisteredModel* model : models) {
      names_.push_back(model->name());
      models_.emplace(model->name(), model);
    }
  }

  void read() {
    read_rows(
        "SELECT r.name, t.key, t.value FROM registered_models r JOIN registered_model_tags t ON t.workspace "
        "= r.workspace AND t.name = r.name WHERE r.workspace = 'default' AND r.name = ANY(?1) ORDER BY t.key",
        [](const Statement& row, v1::RegisteredModel& model) { sql::read_pair(row, 1, *model.add_tags()); });
    read_rows(
        "SELECT r.name, a.alias, a.version FROM registered_models r JOIN registered_model_aliases a ON "
        "a.workspace = r.workspace AND a.name = r.name WHERE r.workspace = 'default' AND r.name = ANY(?1) "
        "ORDER BY a.alias",
        [](const Statement& row, v1::RegisteredModel& model) {
          v1::RegisteredModelAlias& alias = *model.add_aliases();
          alias.set_alias(std::string(row.text(1)));
          alias.set_version(std::string(row.text(2)));
        });
    read_latest_versions();
  }

 private:
  template <typename Take>
  void read_rows(std::string_view select, Take take) {
    auto row = connection_.prepare(select);
    row.bind_list(1, names_);
    while (row.step()) take(row, *models_.at(row.text(0)));
  }

  // One look into the index by stage for each model and stage.
  void read_latest_versions() {
    static const std::string kLatestVersions = latest_versions();
    auto row = connection_.prepare(kLatestVersions);
    row.bind_list(1, names_);
    while (row.step())
      read_version_row(row, *models_.at(row.text(kModelVersionColumnCount))->add_latest_versions());
    std::vector<v1::ModelVersion*> versions;
    for (const auto& [name, model] : models_) {
      for (v1::ModelVersion& version : *model->mutable_latest_versions()) versions.push_back(&version);
    }
    read_version_tags_together(connection_, versions);
  }

  Connection& connection_;
  Texts names_;
  std::unordered_map<std::string_view, v1::RegisteredModel*> models_;
};

}  // namespace

void read_model_details_together(Connection& connection, std::span<v1::RegisteredModel* const> models) {
  if (!models.empty()) ModelReader(connection, models).read();
}

void read_version_tags_together(Connection& connection, std::span<v1::ModelVersion* const> versions) {
  if (versions.empty()) return;
  Texts names;
  std::vector<int64_t> numbers;
  std::map<std::pair<std::string_view, int64_t>, v1::ModelVersion*> found;
  for (v1::ModelVersion* version : versions) {
    names.push_back(version->name());
    numbers.push_back(number_of(*version));
    found.emplace(std::pair(names.back(), numbers.back()), version);
  }
  auto row = connection.prepare(
      "SELECT v.name, v.version, t.key, t.value FROM model_versions v JOIN model_version_tags t ON "
      "t.workspace = v.workspace AND t.name = v.name AND t.version = v.version WHERE v.workspace = 'default' "
      "AND "
      "(v.name, v.version) IN (SELECT * FROM unnest(?1, ?2)) ORDER BY t.key");
  row.bind_list(1, names).bind_list(2, numbers);
  while (row.step()) sql::read_pair(row, 2, *found.at({row.text(0), row.integer(1)})->add_tags());
}

}  // namespace millrace::registry

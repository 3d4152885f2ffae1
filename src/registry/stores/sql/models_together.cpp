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
        "SELECT name, key, value FROM registered_model_tags WHERE workspace = 'default' AND name = ANY(?1) "
        "ORDER BY key",
        [](const Statement& row, v1::RegisteredModel& model) { sql::read_pair(row, 1, *model.add_tags()); });
    read_rows(
        "SELECT name, alias, version FROM registered_model_aliases WHERE workspace = 'default' AND "
        "name = ANY(?1) ORDER BY alias",
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
    auto row = connection_.prepare(
        std::string("SELECT ") + kModelVersionColumns +
        " FROM unnest(?1) AS w(name) JOIN unnest(?2) AS s(stage) ON TRUE JOIN LATERAL "
        "(SELECT * FROM model_versions m WHERE m.workspace = 'default' AND "
        "m.name = w.name AND m.current_stage = s.stage ORDER BY m.version DESC LIMIT 1) v "
        "ON TRUE ORDER BY v.version");
    row.bind_list(1, names_).bind_list(2, kStages);
    while (row.step()) read_version_row(row, *models_.at(row.text(0))->add_latest_versions());
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
      "SELECT t.name, t.version, t.key, t.value FROM unnest(?1, ?2) AS w(name, version) JOIN "
      "model_version_tags t "
      "ON t.workspace = 'default' AND t.name = w.name AND t.version = w.version ORDER BY t.key");
  row.bind_list(1, names).bind_list(2, numbers);
  while (row.step()) sql::read_pair(row, 2, *found.at({row.text(0), row.integer(1)})->add_tags());
}

}  // namespace millrace::registry

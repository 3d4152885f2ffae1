#include "tracking/stores/file/index_experiments.h"

#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/row_writing.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

// Names are unique in the schema, but not in folders that were copied together.
std::string free_name(Connection& connection, const v1::Experiment& experiment, const std::string& path,
                      const Complain& complain) {
  auto row = connection.prepare("SELECT experiment_id FROM experiments WHERE name = ?1");
  if (!row.bind(1, std::string_view(experiment.name())).step()) return experiment.name();
  if (row.text(0) == experiment.experiment_id()) return experiment.name();
  std::string name = experiment.name() + " (" + experiment.experiment_id() + ")";
  complain("The experiment of " + path + " is shown as '" + name + "': experiment " +
           std::string(row.text(0)) + " has the name '" + experiment.name() + "' too.");
  return name;
}

void write_experiment(Connection& connection, const v1::Experiment& experiment, const ThingPlace& place,
                      const ShownUri& shown, const Complain& complain) {
  const std::string name = free_name(connection, experiment, place.path, complain);
  const std::string location = shown(experiment.artifact_location(), place);
  auto statement = connection.prepare(
      "INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
      "last_update_time, workspace) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 'default') "
      "ON CONFLICT(experiment_id) DO UPDATE SET name = excluded.name, artifact_location = "
      "excluded.artifact_location, lifecycle_stage = "
      "excluded.lifecycle_stage, creation_time = excluded.creation_time, last_update_time = "
      "excluded.last_update_time");
  statement.bind(1, experiment_number(place.name).value_or(0)).bind(2, std::string_view(name));
  statement.bind(3, std::string_view(location)).bind(4, std::string_view(experiment.lifecycle_stage()));
  bind_time(statement, 5, experiment.has_creation_time(), experiment.creation_time());
  bind_time(statement, 6, experiment.has_last_update_time(), experiment.last_update_time());
  statement.run();
}

void write_experiment_tags(Connection& connection, const std::string& id, const KeyValues& tags) {
  const int64_t number = experiment_number(id).value_or(0);
  connection.prepare("DELETE FROM experiment_tags WHERE experiment_id = ?1").bind(1, number).run();
  auto insert =
      connection.prepare("INSERT INTO experiment_tags(key, value, experiment_id) VALUES(?1, ?2, ?3)");
  for (const auto& [key, value] : tags)
    insert.bind(1, std::string_view(key)).bind(2, std::string_view(value)).bind(3, number).run();
}

}  // namespace

void write_experiment_rows(Connection& connection, const ThingContent& content, const ShownUri& shown,
                           const Complain& complain) {
  if (content.experiment) write_experiment(connection, *content.experiment, content.place, shown, complain);
  if (content.tags) write_experiment_tags(connection, content.place.name, *content.tags);
}

void remove_experiment_rows(Connection& connection, const std::string& id) {
  const int64_t number = experiment_number(id).value_or(-1);
  for (const char* table : {"experiment_tags", "datasets", "experiments"})
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE experiment_id = ?1")
        .bind(1, number)
        .run();
}

}  // namespace millrace::tracking::files

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "maintenance/session.h"

namespace millrace::maintenance {

/// Something that may be deleted for good.
struct Doomed {
  std::string id;
  std::string location;  ///< URI of its artifacts; empty when it has none
};

/// Runs, logged models and experiments in the stage "deleted" and last changed at `before` or earlier, in
/// pages by id: those after `last`. Ids of experiments are compared as numbers.
std::vector<Doomed> deleted_runs(Session& session, const std::string& last, int64_t before);
std::vector<Doomed> deleted_models(Session& session, const std::string& last, int64_t before);
std::vector<Doomed> deleted_experiments(Session& session, const std::string& last, int64_t before);

/// All that is in an experiment, whatever its stage, in pages by id.
std::vector<Doomed> runs_in(Session& session, const std::string& experiment, const std::string& last);
std::vector<Doomed> models_in(Session& session, const std::string& experiment, const std::string& last);
std::vector<Doomed> traces_in(Session& session, const std::string& experiment, const std::string& last);

/// What a thing is now: its stage and when it was deleted or last changed; nothing when it is not there.
struct Standing {
  std::string stage;
  int64_t time = 0;
  std::string location;
};
std::optional<Standing> standing_of_run(Session& session, const std::string& id);
std::optional<Standing> standing_of_model(Session& session, const std::string& id);
std::optional<Standing> standing_of_experiment(Session& session, const std::string& id);

/// Delete the rows of a thing and what belongs to it, metrics in bounded batches; the thing itself last.
void delete_run(Session& session, const std::string& id);
void delete_model(Session& session, const std::string& id);
void delete_trace(Session& session, const std::string& id);
void delete_experiment(Session& session, const std::string& id);

}  // namespace millrace::maintenance

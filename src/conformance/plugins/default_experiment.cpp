#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/default_experiment.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::DefaultExperimentChoice;
using v1::plugin::RunContextQuery;

const CallContext kContext;

RunContextQuery usual_query() {
  RunContextQuery query;
  query.set_working_directory("/");
  for (const char* word : {"python", "train.py"}) query.add_command_line(word);
  (*query.mutable_environment())["HOME"] = "/";
  return query;
}

bool names_one(const DefaultExperimentChoice& choice) {
  return !choice.experiment_id().empty() || !choice.experiment_name().empty();
}

void what_applies_names_an_experiment(DefaultExperiment& plugin) {
  for (const auto& query : {usual_query(), RunContextQuery()}) {
    const auto choice = plugin.get_default_experiment(kContext, query);
    require(!choice.applies() || names_one(choice), "it applies and names no experiment");
  }
}

void what_does_not_apply_names_none(DefaultExperiment& plugin) {
  for (const auto& query : {usual_query(), RunContextQuery()}) {
    const auto choice = plugin.get_default_experiment(kContext, query);
    require(choice.applies() || !names_one(choice), "it does not apply and names an experiment");
  }
}

void a_name_is_one_that_an_experiment_may_have(DefaultExperiment& plugin) {
  const auto choice = plugin.get_default_experiment(kContext, usual_query());
  require(choice.experiment_name().size() <= 500, "the name is longer than names of experiments may be");
}

void the_choice_stays(DefaultExperiment& plugin) {
  const auto first = plugin.get_default_experiment(kContext, usual_query());
  const auto second = plugin.get_default_experiment(kContext, usual_query());
  require_equal(second.SerializeAsString(), first.SerializeAsString(), "the choice for the same process");
}

std::string call(DefaultExperiment& plugin) {
  return plugin.get_default_experiment(kContext, usual_query()).SerializeAsString();
}

}  // namespace

Kit<DefaultExperiment> default_experiment_kit() {
  Kit<DefaultExperiment> kit{
      "default_experiment",
      {on_new("what applies names an experiment", what_applies_names_an_experiment),
       on_new("what does not apply names none", what_does_not_apply_names_none),
       on_new("a name is one that an experiment may have", a_name_is_one_that_an_experiment_may_have),
       on_new("the choice for the same process stays", the_choice_stays)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance

#include "access/resource_owners.h"

namespace millrace::access {

template <typename Look>
ResourceOwners::Found ResourceOwners::remembered(const std::string& key, Look look) {
  if (auto known = known_.get(key)) return *std::move(known);
  Found found = look();
  known_.put(key, found);
  return found;
}

ResourceOwners::Found ResourceOwners::experiment(const CallContext& context, const std::string& id) {
  return remembered("e" + id, [&]() -> Found {
    v1::plugin::ExperimentLookup lookup;
    lookup.set_experiment_id(id);
    const std::string known = store_.get_experiment(context, lookup).experiment_id();
    return {known, known};
  });
}

ResourceOwners::Found ResourceOwners::experiment_by_name(const CallContext& context,
                                                         const std::string& name) {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_name(name);
  const std::string id = store_.get_experiment(context, lookup).experiment_id();
  return {id, id};
}

ResourceOwners::Found ResourceOwners::run(const CallContext& context, const std::string& id) {
  return remembered("r" + id, [&]() -> Found {
    v1::plugin::RunLookup lookup;
    lookup.set_run_id(id);
    lookup.set_info_only(true);
    const v1::Run run = store_.get_run(context, lookup);
    return {run.info().run_id(), run.info().experiment_id()};
  });
}

ResourceOwners::Found ResourceOwners::logged_model(const CallContext& context, const std::string& id) {
  return remembered("m" + id, [&]() -> Found {
    v1::plugin::LoggedModelLookup lookup;
    lookup.set_model_id(id);
    lookup.set_allow_deleted(true);
    const v1::LoggedModel model = store_.get_logged_model(context, lookup);
    return {model.info().model_id(), model.info().experiment_id()};
  });
}

}  // namespace millrace::access

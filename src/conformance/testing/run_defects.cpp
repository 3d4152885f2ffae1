#include <algorithm>
#include <cctype>

#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Store = StoreOfFunctions;
using v1::plugin::RunDataOutcome;
using v1::plugin::RunDataWrite;

void lower_case(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
}

// Metrics are kept before it is known whether the params conflict.
void write_metrics_first(Store& store) {
  instead(store.on_write_run_data,
          [](const auto& next, const CallContext& context, const RunDataWrite& data) {
            RunDataWrite metrics = data;
            metrics.clear_params();
            metrics.clear_tags();
            next(context, metrics);
            return next(context, data);
          });
}

void tell_repeated_params(Store& store) {
  const auto seen = std::make_shared<Memory>();
  after(store.on_write_run_data, [seen](RunDataOutcome& outcome, const RunDataWrite& data) {
    for (const auto& param : data.params()) {
      if (!seen->is_new(data.run_id() + param.key())) outcome.add_conflicts()->set_key(param.key());
    }
  });
}

void keep_first_tags(Store& store) {
  const auto seen = std::make_shared<Memory>();
  before(store.on_write_run_data, [seen](RunDataWrite& data) {
    drop_if(*data.mutable_tags(), [&](const auto& tag) { return !seen->is_new(data.run_id() + tag.key()); });
  });
}

}  // namespace

std::vector<StoreDefect> run_defects() {
  return {
      {"a run comes back as it was created",
       [](Store& store, auto&) {
         before(store.on_create_run, [](auto& request) { request.mutable_info()->set_start_time(0); });
       }},
      {"artifacts of a run lie below its experiment",
       [](Store& store, auto&) {
         after(store.on_get_run, [](v1::Run& run, const auto&) {
           run.mutable_info()->set_artifact_uri("root:/" + run.info().run_id());
         });
       }},
      {"a run without a name is kept",
       [](Store& store, auto&) {
         before(store.on_create_run, [](const auto& request) {
           if (request.info().run_name().empty()) throw_invalid_parameter("a run needs a name");
         });
       }},
      {"an update of a run changes what it names and nothing else",
       [](Store& store, auto&) {
         before(store.on_update_run, [](auto& changes) { changes.set_run_name(changes.run_name()); });
       }},
      {"an update of a run answers the new state",
       [](Store& store, auto&) {
         after(store.on_update_run, [](v1::RunInfo& info, const auto&) { info.set_status(v1::RUNNING); });
       }},
      {"renaming a run changes its tag mlflow.runName",
       [](Store& store, auto&) {
         after(store.on_get_run, [](v1::Run& run, const auto&) {
           for (auto& tag : *run.mutable_data()->mutable_tags()) tag.set_value("old");
         });
       }},
      {"the tag mlflow.runName renames the run",
       [](Store& store, auto&) { before(store.on_write_run_data, [](auto& data) { data.clear_tags(); }); }},
      {"an unknown run is RESOURCE_DOES_NOT_EXIST",
       [](Store& store, auto&) {
         hide_error(store.on_get_run, ErrorCode::kResourceDoesNotExist, [] { return v1::Run(); });
       }},
      {"a deleted run is found by its id and restored with its data",
       [](Store& store, auto&) {
         after(store.on_get_run, [](const v1::Run& run, const auto&) {
           if (run.info().lifecycle_stage() == "deleted") throw_not_found("it is deleted");
         });
       }},
      {"a change of a run minds the stage that it requires",
       [](Store& store, auto&) {
         before(store.on_update_run, [](auto& changes) { changes.clear_required_stage(); });
       }},
      {"a deleted run takes no data",
       [](Store& store, auto&) {
         hide_error(store.on_write_run_data, ErrorCode::kInvalidState, [] { return RunDataOutcome(); });
       }},
      {"the info of a run comes without data when asked so",
       [](Store& store, auto&) { before(store.on_get_run, [](auto& lookup) { lookup.clear_info_only(); }); }},
      {"texts in any script come back unchanged",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](RunDataWrite& data) {
           for (auto& tag : *data.mutable_tags()) tag.set_value(without_emoji(tag.value()));
         });
       }},
      {"the longest keys and values come back",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](RunDataWrite& data) {
           for (auto& param : *data.mutable_params()) param.set_value(param.value().substr(0, 500));
         });
       }},
      {"keys that differ in case, blanks and signs are told apart",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](RunDataWrite& data) {
           for (auto& tag : *data.mutable_tags()) lower_case(*tag.mutable_key());
         });
       }},
      {"a param keeps its value and another is told as a conflict",
       [](Store& store, auto&) {
         after(store.on_write_run_data,
               [](RunDataOutcome& outcome, const auto&) { outcome.clear_conflicts(); });
       }},
      {"a param that is logged again with its value is no conflict",
       [](Store& store, auto&) { tell_repeated_params(store); }},
      {"a batch that is refused leaves nothing", [](Store& store, auto&) { write_metrics_first(store); }},
      {"a batch of 1,000 metrics, 100 params and 100 tags is kept whole",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](RunDataWrite& data) {
           if (data.metrics_size() > 500)
             data.mutable_metrics()->DeleteSubrange(500, data.metrics_size() - 500);
         });
       }},
      {"an empty batch is accepted",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](const RunDataWrite& data) {
           if (data.metrics().empty() && data.params().empty() && data.tags().empty())
             throw_invalid_parameter("there is nothing to write");
         });
       }},
      {"a tag of a run replaces the older one", [](Store& store, auto&) { keep_first_tags(store); }},
      {"a tag of a run is deleted, and what is not there is RESOURCE_DOES_NOT_EXIST",
       [](Store& store, auto&) {
         hide_error(store.on_delete_run_tag, ErrorCode::kResourceDoesNotExist,
                    [] { return v1::plugin::Done(); });
       }},
  };
}

}  // namespace millrace::conformance::testing

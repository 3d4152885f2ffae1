#include "access/policy.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "millrace/v1/runs.pb.h"

using namespace millrace;

namespace {

const wire::Operation& operation(std::string_view name) {
  const auto& all = wire::operations();
  return *std::find_if(all.begin(), all.end(), [name](const auto& each) { return each.name == name; });
}

std::vector<std::string> ids(std::string_view name, const google::protobuf::Message& request) {
  return access::access_request(operation(name), request).ids;
}

}  // namespace

TEST_CASE("the resources of a rule are read from the request, one or many") {
  v1::SearchRunsRequest search;
  search.add_experiment_ids("1");
  search.add_experiment_ids("2");
  CHECK(ids("SearchRuns", search) == std::vector<std::string>{"1", "2"});
  CHECK(ids("SearchRuns", v1::SearchRunsRequest()).empty());
  v1::GetRunRequest get;
  get.set_run_id("r");
  CHECK(ids("GetRun", get) == std::vector<std::string>{"r"});
  CHECK(ids("SearchExperiments", v1::SearchExperimentsRequest()).empty());
}

TEST_CASE("the name that old clients use for a run counts when the new one is not given, and only then") {
  v1::LogMetricRequest request;
  request.set_run_uuid("old");
  CHECK(ids("LogMetric", request) == std::vector<std::string>{"old"});
  request.set_run_id("new");
  CHECK(ids("LogMetric", request) == std::vector<std::string>{"new"});
}

TEST_CASE("a run without an experiment is one of experiment 0, and the rule says so") {
  CHECK(ids("CreateRun", v1::CreateRunRequest()) == std::vector<std::string>{"0"});
}

TEST_CASE("an experiment that is looked up by name is told as such") {
  v1::GetExperimentByNameRequest request;
  request.set_experiment_name("7");
  CHECK(access::access_request(operation("GetExperimentByName"), request).by_name);
  CHECK_FALSE(access::access_request(operation("GetExperiment"), v1::GetExperimentRequest()).by_name);
}

// A field that clients may leave empty in favour of another must not be the only one that is judged.
TEST_CASE("every rule on a run reads both names that its request has for it") {
  for (const wire::Operation& each : wire::operations()) {
    CAPTURE(std::string(each.name));
    const auto* fields = each.request->GetDescriptor();
    const bool both =
        fields->FindFieldByName("run_id") != nullptr && fields->FindFieldByName("run_uuid") != nullptr;
    if (!both) continue;
    CHECK(each.access.field == "run_id");
    CHECK(each.access.old_field == "run_uuid");
  }
}

#include "access/policy.h"

#include <doctest/doctest.h>

#include "millrace/v1/runs.pb.h"

using namespace millrace;

TEST_CASE("the resources of a rule are read from the request, one or many") {
  v1::SearchRunsRequest search;
  search.add_experiment_ids("1");
  search.add_experiment_ids("2");
  CHECK(access::resource_ids(search, "experiment_ids") == std::vector<std::string>{"1", "2"});
  v1::GetRunRequest get;
  get.set_run_id("r");
  CHECK(access::resource_ids(get, "run_id") == std::vector<std::string>{"r"});
  CHECK(access::resource_ids(get, "").empty());
  CHECK(access::resource_ids(get, "nothing").empty());
}

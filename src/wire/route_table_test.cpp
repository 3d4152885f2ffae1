#include "wire/route_table.h"

#include <doctest/doctest.h>

using millrace::wire::RouteTable;

namespace {

std::string name_of(const RouteTable& table, std::string_view method, std::string_view path) {
  const auto match = table.match(method, path);
  return match.operation == nullptr ? "-" : std::string(match.operation->name);
}

}  // namespace

TEST_CASE("operations are found below both mounts and only with their method") {
  const RouteTable table(millrace::wire::operations());
  CHECK(name_of(table, "POST", "/api/2.0/mlflow/runs/log-metric") == "LogMetric");
  CHECK(name_of(table, "POST", "/ajax-api/2.0/mlflow/runs/log-metric") == "LogMetric");
  CHECK(name_of(table, "GET", "/api/2.0/mlflow/runs/log-metric") == "-");
  CHECK(table.match("GET", "/api/2.0/mlflow/runs/log-metric").allowed_methods == "POST");
  CHECK(name_of(table, "GET", "/api/2.0/mlflow/runs/nothing") == "-");
  CHECK(table.match("GET", "/api/2.0/mlflow/runs/nothing").allowed_methods.empty());
  CHECK(name_of(table, "POST", "/api/2.0/mlflow/runs/log-metric/") == "-");
  CHECK(name_of(table, "POST", "/api//2.0/mlflow/runs/log-metric") == "-");
}

TEST_CASE("what only the page asks is not served below /api/") {
  const RouteTable table(millrace::wire::operations());
  CHECK(name_of(table, "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk") == "GetMetricHistoryBulk");
  CHECK(name_of(table, "GET", "/api/2.0/mlflow/metrics/get-history-bulk") == "-");
  CHECK(name_of(table, "GET", "/get-artifact") == "GetArtifact");
}

TEST_CASE("clients before 2.0 find the model registry where it was a preview") {
  const RouteTable table(millrace::wire::operations());
  CHECK(name_of(table, "POST", "/api/2.0/preview/mlflow/registered-models/create") ==
        "CreateRegisteredModel");
  CHECK(name_of(table, "GET", "/api/2.0/preview/mlflow/model-versions/search") == "SearchModelVersions");
  CHECK(name_of(table, "POST", "/ajax-api/2.0/preview/mlflow/registered-models/create") == "-");
  CHECK(name_of(table, "POST", "/api/2.0/preview/mlflow/runs/log-metric") == "-");
}

TEST_CASE("path fields are decoded once and the rest of a path keeps its slashes") {
  const RouteTable table(millrace::wire::operations());
  const auto model = table.match("DELETE", "/api/2.0/mlflow/logged-models/m-1/tags/a%20b");
  REQUIRE(model.operation != nullptr);
  REQUIRE(model.fields.size() == 2);
  CHECK(model.fields[0] == std::pair<std::string_view, std::string>("model_id", "m-1"));
  CHECK(model.fields[1].second == "a b");
  const auto artifact = table.match("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/x%252e/a.txt");
  REQUIRE(artifact.operation != nullptr);
  CHECK(artifact.fields[0].second == "1/x%2e/a.txt");
  CHECK(name_of(table, "GET", "/api/2.0/mlflow-artifacts/artifacts") == "ListProxiedArtifacts");
  CHECK(name_of(table, "GET", "/api/2.0/mlflow/logged-models/%zz") == "-");
}

TEST_CASE("every operation has a request prototype and exactly one way to be called") {
  for (const auto& operation : millrace::wire::operations()) {
    CAPTURE(operation.name);
    CHECK(operation.request != nullptr);
    CHECK((operation.call != nullptr) + (operation.download != nullptr) + (operation.upload != nullptr) == 1);
    CHECK_FALSE(operation.bindings.empty());
  }
}

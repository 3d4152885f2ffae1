#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "millrace/v1/metrics.pb.h"
#include "millrace/v1/runs.pb.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

using namespace millrace;

namespace {

template <typename Message>
Message parsed(std::string_view body) {
  Message message;
  wire::read_json(body, message);
  return message;
}

std::string fault(std::string_view body) {
  try {
    parsed<v1::LogBatchRequest>(body);
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("64-bit integers are read from numbers, whole reals and strings") {
  CHECK(parsed<v1::Metric>(R"({"step": 9007199254740993})").step() == 9007199254740993);
  CHECK(parsed<v1::Metric>(R"({"step": "9223372036854775807"})").step() == 9223372036854775807);
  CHECK(parsed<v1::Metric>(R"({"step": 3.0})").step() == 3);
  CHECK_THROWS_AS(parsed<v1::Metric>(R"({"step": 3.5})"), Error);
  CHECK_THROWS_AS(parsed<v1::Metric>(R"({"step": 1e300})"), Error);
  CHECK_THROWS_AS(parsed<v1::Metric>(R"({"step": true})"), Error);
  CHECK_THROWS_AS(parsed<v1::Metric>(R"({"step": 18446744073709551615})"), Error);
  CHECK_THROWS_AS(parsed<v1::SearchRunsRequest>(R"({"max_results": 3000000000})"), Error);
}

TEST_CASE("NaN and the infinities survive a round trip, as strings and as bare words") {
  const auto batch = parsed<v1::LogBatchRequest>(
      R"({"metrics":[{"value":NaN,"key":"NaN"},{"value":-Infinity},{"value":"Infinity"},{"value":"NaN"}]})");
  REQUIRE(batch.metrics_size() == 4);
  CHECK(std::isnan(batch.metrics(0).value()));
  CHECK(batch.metrics(0).key() == "NaN");
  CHECK(batch.metrics(1).value() == -std::numeric_limits<double>::infinity());
  CHECK(batch.metrics(2).value() == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(batch.metrics(3).value()));
  CHECK(
      wire::write_json(batch) ==
      R"({"metrics":[{"key":"NaN","value":"NaN"},{"value":"-Infinity"},{"value":"Infinity"},{"value":"NaN"}]})");
}

TEST_CASE("an explicit zero is printed and an absent field is not") {
  v1::Metric metric;
  metric.set_key("loss");
  metric.set_value(0);
  metric.set_step(0);
  CHECK(wire::write_json(metric) == R"({"key":"loss","value":0.0,"step":0})");
  CHECK(wire::write_json(v1::LogBatchResponse()) == "{}");
}

TEST_CASE("doubles are written in the shortest form that reads back to the same value") {
  for (const double value : {0.1, 1.0 / 3, 1e-300, 123456789.125, 5e-324, 1.7976931348623157e308, -0.0}) {
    v1::Metric metric;
    metric.set_value(value);
    CHECK(parsed<v1::Metric>(wire::write_json(metric)).value() == value);
  }
}

TEST_CASE("strings are escaped and read back unchanged") {
  v1::Param param;
  param.set_value(std::string("quote \" slash \\ line\n tab\t nul\0 bell\a \xc3\xbc", 34));
  CHECK(parsed<v1::Param>(wire::write_json(param)).value() == param.value());
}

TEST_CASE("unknown members are ignored and null means absent") {
  const auto metric = parsed<v1::Metric>(R"({"key": null, "value": 1, "extra": {"deep": [1, 2]}})");
  CHECK_FALSE(metric.has_key());
  CHECK(metric.value() == 1.0);
}

TEST_CASE("enums are read by name and by number") {
  CHECK(parsed<v1::UpdateRunRequest>(R"({"status":"FINISHED"})").status() == v1::FINISHED);
  CHECK(parsed<v1::UpdateRunRequest>(R"({"status":3})").status() == v1::FINISHED);
  CHECK(parsed<v1::UpdateRunRequest>(R"({"status":"3"})").status() == v1::FINISHED);
  CHECK_THROWS_AS(parsed<v1::UpdateRunRequest>(R"({"status":"DONE"})"), Error);
}

TEST_CASE("a value of the wrong type is named with its place, its text and its type") {
  CHECK(fault(R"({"run_id": 5})") ==
        "INVALID_PARAMETER_VALUE: Invalid value 5 for parameter 'run_id' supplied:  Hint: Value was of type "
        "'int'. "
        "See the API docs for more information about request parameters.");
  CHECK(fault(R"({"metrics": [{"value": 1}, {"value": "x"}]})").find("parameter 'metrics[1].value'") !=
        std::string::npos);
  CHECK(fault(R"({"metrics": {"value": 1}})").find("of type 'dict'") != std::string::npos);
  CHECK(fault(R"([1])").find("of type 'list'") != std::string::npos);
}

TEST_CASE("two spellings of one field are refused, one camelCase spelling is read") {
  CHECK(parsed<v1::SearchRunsRequest>(R"({"maxResults": 5})").max_results() == 5);
  CHECK_THROWS_AS(parsed<v1::SearchRunsRequest>(R"({"maxResults": 5, "max_results": 6})"), Error);
}

TEST_CASE("malformed bodies are refused with what is wrong") {
  CHECK(fault("{").find("not valid JSON") != std::string::npos);
  CHECK(fault("{\"run_id\": \"\xff\"}").find("not valid UTF-8") != std::string::npos);
  CHECK(fault(std::string(100, '[')).find("BAD_REQUEST") == 0);
  CHECK(fault("") == "");
  CHECK(fault("  \n") == "");
  CHECK(fault("null") == "");
}

TEST_CASE("a body that was encoded twice is read, as old clients send it") {
  CHECK(parsed<v1::Param>(R"("{\"key\": \"a\"}")").key() == "a");
}

TEST_CASE("query parameters fill scalar and repeated fields") {
  v1::GetMetricHistoryBulkIntervalRequest request;
  wire::read_query("run_ids=a&run_ids=b%20c&metric_key=x+y&max_results=10&unknown=1&&", request);
  REQUIRE(request.run_ids_size() == 2);
  CHECK(request.run_ids(1) == "b c");
  CHECK(request.metric_key() == "x y");
  CHECK(request.max_results() == 10);
  CHECK_THROWS_AS(wire::read_query("max_results=ten", request), Error);
  CHECK_THROWS_AS(wire::read_query("metric_key=%zz", request), Error);
  CHECK_THROWS_AS(wire::read_query("metric_key=%ff", request), Error);
}

TEST_CASE("a required field that is absent or an empty string is named") {
  v1::LogBatchRequest request;
  CHECK_THROWS_WITH(
      wire::check_required(request),
      "Missing value for required parameter 'run_id'. See the API docs for more information about "
      "request parameters.");
  request.set_run_id("");
  CHECK_THROWS_AS(wire::check_required(request), Error);
  request.set_run_id("r");
  CHECK_NOTHROW(wire::check_required(request));
}

TEST_CASE("an error answer names the code, the message and the request") {
  CHECK(wire::error_body(Error(ErrorCode::kResourceDoesNotExist, "No \"x\""), "abc") ==
        R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No \"x\"","request_id":"abc"})");
}

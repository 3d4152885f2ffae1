#include "base/uri.h"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("URIs are taken apart and plain paths stay paths") {
  const Uri uri = parse_uri("mlflow-artifacts://host:5000/1/a?x=1#f");
  CHECK(uri.scheme == "mlflow-artifacts");
  CHECK(uri.authority == "host:5000");
  CHECK(uri.path == "/1/a");
  CHECK(uri.query == "x=1");
  CHECK(uri.fragment == "f");
  CHECK(parse_uri("mssql+pyodbc://u@h/d").scheme == "mssql+pyodbc");
  CHECK(parse_uri("./a:b").scheme.empty());
  CHECK(parse_uri("/abs/path").path == "/abs/path");
  CHECK(parse_uri("1a:b").scheme.empty());
  CHECK(parse_uri("file:///x").has_authority);
  CHECK(parse_uri("file-plugin:/x").path == "/x");
}

TEST_CASE("a suffix goes to the path, before query and fragment") {
  CHECK(append_to_uri_path("s3://b/p?v=1", "run/artifacts") == "s3://b/p/run/artifacts?v=1");
  CHECK(append_to_uri_path("mlflow-artifacts:/", "0") == "mlflow-artifacts:/0");
  CHECK(append_to_uri_path("./mlruns", "0") == "./mlruns/0");
  CHECK(append_to_uri_path("/odd?dir", "0") == "/odd?dir/0");
}

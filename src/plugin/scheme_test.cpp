#include "plugin/scheme.h"

#include <doctest/doctest.h>

using namespace millrace::plugin;

TEST_CASE("schemes are those of RFC 3986 in lower case") {
  CHECK(scheme_of("oss://bucket/a") == "oss");
  CHECK(scheme_of("mssql+pyodbc://u:p@h/db?driver=x") == "mssql+pyodbc");
  CHECK(scheme_of("MongoDB+SRV://h") == "mongodb+srv");
  CHECK(scheme_of("file-plugin:/path") == "file-plugin");
  CHECK(scheme_of("my-scheme:test") == "my-scheme");
}

TEST_CASE("paths, drives and bare words have no scheme") {
  for (const char* path :
       {"", "runs", "./runs", "/data/runs", "C:\\runs", "c:/runs", "./a:b", "my dir:x", "1a:b"}) {
    CAPTURE(path);
    CHECK(scheme_of(path).empty());
  }
}

TEST_CASE("the driver part stands before the first plus") {
  CHECK(driver_part("mssql+pyodbc") == "mssql");
  CHECK(driver_part("a+b+c") == "a");
  CHECK(driver_part("oss").empty());
}

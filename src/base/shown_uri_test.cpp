#include "base/shown_uri.h"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("users and passwords are hidden, whatever stands in them") {
  CHECK(shown_uri("postgresql://me:secret@db.example:5432/runs") == "postgresql://***@db.example:5432/runs");
  CHECK(shown_uri("postgresql://me@db.example/runs") == "postgresql://***@db.example/runs");
  CHECK(shown_uri("postgresql://me:p/w@s@db/runs") == "postgresql://***@db/runs");
  CHECK(shown_uri("s3://key:sec=ret@bucket/path") == "s3://***@bucket/path");
  CHECK(shown_uri("odd:me:secret@db") == "odd:***@db");
}

TEST_CASE("values of parameters and fragments are hidden") {
  CHECK(shown_uri("postgresql:///runs?host=/tmp&password=a=b") == "postgresql:///runs?host=***&password=***");
  CHECK(shown_uri("mssql:Server=db;Pwd=secret;") == "mssql:Server=***;Pwd=***;");
  CHECK(shown_uri("mssql:Pwd={a;b}};c=d};Server=db") == "mssql:Pwd=***};Server=***");
  CHECK(shown_uri("mssql:}Pwd={a;b") == "mssql:}Pwd=***");
  CHECK(shown_uri("x://host/a#token") == "x://host/a#***");
  CHECK(shown_uri("x://host/?mail=a@b#c@d") == "x://***@b#***");
  CHECK(shown_uri("x:a=") == "x:a=***");
}

TEST_CASE("what holds no secret stays as it is") {
  for (const char* uri :
       {"sqlite:////data/m.db", "mlflow-artifacts:/", "s3://bucket/a/b", "./mlruns", "/a@b/c=d#e", ""}) {
    CAPTURE(uri);
    CHECK(shown_uri(uri) == uri);
  }
}

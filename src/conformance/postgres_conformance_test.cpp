// The kits of stores against the built-in ones on PostgreSQL.

#include <doctest/doctest.h>

#include "conformance/testing/database_kits.h"
#include "conformance/testing/postgres_server.h"

using namespace millrace::conformance::testing;

TEST_CASE("the store on PostgreSQL passes every check in a process of its own") {
  const PostgresServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_remote_store();
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 50);
}

TEST_CASE("the registry on PostgreSQL passes every check in a process of its own") {
  const PostgresServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_remote_registry();
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 20);
}

TEST_CASE("the stores on PostgreSQL pass the checks of concurrency in this process") {
  const PostgresServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_concurrency_of_remote_stores();
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 0);
}

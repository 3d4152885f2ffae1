// The kits of stores against the built-in ones on MariaDB.

#include <doctest/doctest.h>

#include "conformance/testing/database_kits.h"
#include "conformance/testing/mariadb_server.h"

using namespace millrace::conformance::testing;

TEST_CASE("the store on MariaDB passes every check in a process of its own") {
  const MariadbServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_remote_store();
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 50);
}

// MLflow's column for them is one of 65,535 bytes there.
constexpr const char* kRefused =
    "a tag of a version keeps 100,000 characters: unexpected error INVALID_PARAMETER_VALUE: The database "
    "cannot "
    "hold a value. (Data too long for column 'value' at row 1)\n";

TEST_CASE("the registry on MariaDB passes every check but for long tags, which it refuses") {
  const MariadbServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_remote_registry();
  CHECK(outcome.complaints == kRefused);
  CHECK(outcome.passed > 20);
}

TEST_CASE("the stores on MariaDB pass the checks of concurrency in this process") {
  const MariadbServer server;
  const ServerInEnvironment environment(server.uri());
  const KitOutcome outcome = check_concurrency_of_remote_stores();
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 0);
}

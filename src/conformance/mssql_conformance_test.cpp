// The kits of stores against the built-in ones on SQL Server, as far as that can be had:
// tests/e2e/test_mssql.py runs this program with the URI of what stands for one.

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/error.h"
#include "conformance/testing/database_kits.h"

using namespace millrace;
using namespace millrace::conformance::testing;

namespace {

// Each statement is checked and put into other words on its way.
constexpr double kEffort = 0.05;

std::string server_uri() {
  const char* uri = std::getenv("MILLRACE_TEST_MSSQL_URI");
  if (uri == nullptr) throw Error(ErrorCode::kInternalError, "MILLRACE_TEST_MSSQL_URI is not set");
  return uri;
}

}  // namespace

TEST_CASE("the store on SQL Server passes every check in a process of its own") {
  const ServerInEnvironment environment(server_uri());
  const KitOutcome outcome = check_remote_store(kEffort);
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 50);
}

TEST_CASE("the registry on SQL Server passes every check") {
  const ServerInEnvironment environment(server_uri());
  const KitOutcome outcome = check_remote_registry(kEffort);
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 20);
}

TEST_CASE("the stores on SQL Server pass the checks of concurrency in this process") {
  const ServerInEnvironment environment(server_uri());
  const KitOutcome outcome = check_concurrency_of_remote_stores(kEffort);
  CHECK(outcome.complaints == "");
  CHECK(outcome.passed > 0);
}

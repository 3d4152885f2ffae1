#pragma once

#include <string>

namespace millrace::conformance::testing {

/// A URI of a database server for the length of a test case, where open_remote_store() and processes of
/// subjects find it.
class ServerInEnvironment {
 public:
  explicit ServerInEnvironment(const std::string& uri);
  ~ServerInEnvironment();
  ServerInEnvironment(const ServerInEnvironment&) = delete;
  ServerInEnvironment& operator=(const ServerInEnvironment&) = delete;
};

/// What a kit said of a built-in store on the server in the environment.
struct KitOutcome {
  int passed = 0;
  /// What failed, and what was skipped for another reason than that of the subject or of what it declares; a
  /// line each.
  std::string complaints;
};

/// The kits against the stores in processes of their own, which can be killed; the disk and the permissions
/// are the database server's. `effort`: how much of what is usual checks of endurance and the like do.
KitOutcome check_remote_store(double effort = 1);
KitOutcome check_remote_registry(double effort = 1);
/// The checks of concurrency against the stores in this process.
KitOutcome check_concurrency_of_remote_stores(double effort = 1);

}  // namespace millrace::conformance::testing

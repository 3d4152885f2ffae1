#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.h"
#include "millrace/v1/services.gen.h"

namespace millrace::conformance {

/// What a check found wrong, in words for the author of the store.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Makes a new, empty store of the kind under test. Stores of one factory do not see each other's data.
using StoreFactory = std::function<std::shared_ptr<TrackingStore>()>;
using RegistryFactory = std::function<std::shared_ptr<RegistryStore>()>;
using RepositoryFactory = std::function<std::shared_ptr<ArtifactRepository>()>;

/// One thing that every store of a kind must do. `run` throws Failure, or whatever the store threw, when it
/// does not.
template <typename Factory>
struct Check {
  std::string name;
  std::function<void(const Factory&)> run;
};

/// The kits: what `millrace plugin test` runs against a plugin, and our own tests against every built-in.
std::vector<Check<StoreFactory>> tracking_store_checks();
std::vector<Check<RegistryFactory>> registry_store_checks();
std::vector<Check<RepositoryFactory>> artifact_repository_checks();

/// Throws Failure unless `truth`.
void require(bool truth, const std::string& what);

/// Throws Failure unless `action` throws an Error with that code.
void require_error(const std::function<void()>& action, ErrorCode code, const std::string& what);

}  // namespace millrace::conformance

#pragma once

#include <memory>
#include <string>

#include "conformance/testing/registry_of_functions.h"
#include "conformance/testing/repository_of_functions.h"
#include "conformance/testing/store_of_functions.h"

namespace millrace::conformance::testing {

/// The built-in SQLite store on a database in `folder`, which must be there.
std::shared_ptr<TrackingStore> open_sqlite_store(const std::string& folder);

/// The built-in SQLite registry on a database in `folder`, which must be there.
std::shared_ptr<RegistryStore> open_sqlite_registry(const std::string& folder);

/// Name of the environment variable with the URI of a database server for the functions below.
inline constexpr const char* kRemoteDatabase = "MILLRACE_TEST_DATABASE";

/// The built-in stores on a database that belongs to `folder`, made when it is not there, at the PostgreSQL
/// or MariaDB server whose URI the environment variable kRemoteDatabase holds.
std::shared_ptr<TrackingStore> open_remote_store(const std::string& folder);
std::shared_ptr<RegistryStore> open_remote_registry(const std::string& folder);

/// The built-in stores on the folder.
std::shared_ptr<TrackingStore> open_file_store(const std::string& folder);
std::shared_ptr<RegistryStore> open_file_registry(const std::string& folder);

/// The built-in repository of local files below `folder`.
std::shared_ptr<ArtifactRepository> open_local_repository(const std::string& folder);

/// The same with the defect that the check of that name is to find (defects.h),
/// or whole when the name is empty.
std::shared_ptr<StoreOfFunctions> open_store_with_defect(const std::string& folder, const std::string& check);
std::shared_ptr<RegistryOfFunctions> open_registry_with_defect(const std::string& folder,
                                                               const std::string& check);
std::shared_ptr<RepositoryOfFunctions> open_repository_with_defect(const std::string& folder,
                                                                   const std::string& check);

/// These stores in the form in which a process serves them.
std::shared_ptr<StoreOfFunctions> serve_remote_store(const std::string& folder);
std::shared_ptr<RegistryOfFunctions> serve_remote_registry(const std::string& folder);
std::shared_ptr<StoreOfFunctions> serve_file_store(const std::string& folder);
std::shared_ptr<RegistryOfFunctions> serve_file_registry(const std::string& folder);

}  // namespace millrace::conformance::testing

// The kits against every built-in, and against broken ones, which they must catch.

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "artifacts/repositories/local/local_repository.h"
#include "base/ids.h"
#include "conformance/check.h"
#include "tracking/stores/sql/sql_tracking_store.h"

using namespace millrace;
using namespace millrace::conformance;

namespace {

// A folder for the length of a test; what is made in it is numbered.
class Workshop {
 public:
  Workshop() : folder_(std::filesystem::temp_directory_path() / ("millrace-kit-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
  }
  ~Workshop() { std::filesystem::remove_all(folder_); }
  std::string next() { return (folder_ / std::to_string(++count_)).string(); }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

std::shared_ptr<tracking::SqlTrackingStore> sqlite_store(Workshop& workshop) {
  sql::SqliteDatabaseOptions options;
  options.path = workshop.next();
  options.artifact_root = "root:/artifacts";
  return std::make_shared<tracking::SqlTrackingStore>(options);
}

template <typename Factory>
std::string failures(const std::vector<Check<Factory>>& checks, const Factory& factory) {
  std::string failed;
  for (const auto& check : checks) {
    try {
      check.run(factory);
    } catch (const std::exception& fault) {
      failed += check.name + ": " + fault.what() + "\n";
    }
  }
  return failed;
}

// Stores with one defect each.
class LosesNan : public tracking::SqlTrackingStore {
 public:
  using SqlTrackingStore::SqlTrackingStore;
  v1::plugin::RunDataOutcome write_run_data(const CallContext& context,
                                            const v1::plugin::RunDataWrite& request) override {
    v1::plugin::RunDataWrite changed = request;
    for (auto& metric : *changed.mutable_metrics()) {
      if (std::isnan(metric.value())) metric.set_value(0);
    }
    return SqlTrackingStore::write_run_data(context, changed);
  }
};

class RepeatsPages : public tracking::SqlTrackingStore {
 public:
  using SqlTrackingStore::SqlTrackingStore;
  v1::plugin::RunPage search_runs(const CallContext& context, const v1::plugin::RunQuery& request) override {
    v1::plugin::RunPage page = SqlTrackingStore::search_runs(context, request);
    if (!page.next_cursor().empty()) page.set_next_cursor(std::to_string(std::stoll(page.next_cursor()) - 1));
    return page;
  }
};

class WritesHalfBatches : public tracking::SqlTrackingStore {
 public:
  using SqlTrackingStore::SqlTrackingStore;
  v1::plugin::RunDataOutcome write_run_data(const CallContext& context,
                                            const v1::plugin::RunDataWrite& request) override {
    v1::plugin::RunDataWrite metrics = request;
    metrics.clear_params();
    SqlTrackingStore::write_run_data(context, metrics);
    return SqlTrackingStore::write_run_data(context, request);
  }
};

class LosesRootFiles : public artifacts::LocalRepository {
 public:
  using LocalRepository::LocalRepository;
  v1::plugin::ArtifactListing list(const CallContext& context,
                                   const v1::plugin::ArtifactPath& request) override {
    v1::plugin::ArtifactListing listing = LocalRepository::list(context, request);
    if (!request.path().empty()) return listing;
    v1::plugin::ArtifactListing folders;
    for (const auto& file : listing.files()) {
      if (file.is_dir()) *folders.add_files() = file;
    }
    return folders;
  }
};

template <typename Store>
StoreFactory broken(Workshop& workshop) {
  return [&workshop] {
    sql::SqliteDatabaseOptions options;
    options.path = workshop.next();
    options.artifact_root = "root:/artifacts";
    return std::make_shared<Store>(options);
  };
}

}  // namespace

TEST_CASE("the SQLite store passes the kit for tracking stores") {
  for (const auto& check : tracking_store_checks()) {
    CAPTURE(check.name);
    Workshop workshop;
    CHECK_NOTHROW(check.run([&] { return sqlite_store(workshop); }));
  }
}

TEST_CASE("the local repository passes the kit for artifact repositories") {
  for (const auto& check : artifact_repository_checks()) {
    CAPTURE(check.name);
    Workshop workshop;
    CHECK_NOTHROW(check.run([&] { return std::make_shared<artifacts::LocalRepository>(workshop.next()); }));
  }
}

TEST_CASE("the kits catch broken stores") {
  Workshop workshop;
  CHECK(failures(tracking_store_checks(), broken<LosesNan>(workshop)).find("NaN is lost") !=
        std::string::npos);
  CHECK(failures(tracking_store_checks(), broken<RepeatsPages>(workshop)).find("pages repeat or skip runs") !=
        std::string::npos);
  CHECK(failures(tracking_store_checks(), broken<WritesHalfBatches>(workshop))
            .find("a refused batch left metrics") != std::string::npos);
  const RepositoryFactory lossy = [&] { return std::make_shared<LosesRootFiles>(workshop.next()); };
  CHECK(failures(artifact_repository_checks(), lossy).find("the listing of the root is wrong") !=
        std::string::npos);
}

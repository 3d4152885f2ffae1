#include "registry/stores/sql/sql_registry_store.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/ids.h"
#include "registry/stores/sql/rows.h"

using namespace millrace;
using namespace millrace::registry;

namespace {

// A database in a folder of its own.
class Fixture {
 public:
  Fixture() : folder_(std::filesystem::temp_directory_path() / ("millrace-registry-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
    sql::SqliteDatabaseOptions options;
    options.path = (folder_ / "m.db").string();
    database_ = std::make_shared<sql::SqliteDatabase>(options);
  }
  ~Fixture() {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  sql::SqliteDatabase& database() { return *database_; }

  void run(const std::string& script) {
    database_->writer().run([&](sql::Connection& connection) { connection.execute(script); });
  }

 private:
  std::filesystem::path folder_;
  std::shared_ptr<sql::SqliteDatabase> database_;
};

constexpr const char* kManyModels = R"(
  CREATE TEMP TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n;
  INSERT INTO registered_models(name) SELECT 'm' || i FROM numbers;
  INSERT INTO registered_model_tags(name, key, value) SELECT 'm' || i, 'k', 'v' FROM numbers;
  INSERT INTO registered_model_aliases(name, alias, version) SELECT 'm' || i, 'best', 1 FROM numbers;
  INSERT INTO model_versions(name, version, current_stage) SELECT 'm' || i, 1, 'None' FROM numbers;
  INSERT INTO model_versions(name, version, current_stage) SELECT 'm7', i + 1, 'None' FROM numbers;
  INSERT INTO model_version_tags(name, version, key, value) SELECT 'm' || i, 1, 'k', 'v' FROM numbers;
  INSERT INTO model_version_tags(name, version, key, value) SELECT 'm7', i + 1, 'k', 'v' FROM numbers;
  DROP TABLE numbers;)";

}  // namespace

TEST_CASE("a model and a version are read without walking what others have") {
  Fixture fixture;
  fixture.run(kManyModels);
  constexpr int64_t kSteps =
      2000;  // of the database's virtual machine; walking 2000 rows takes many times that
  fixture.database().readers().read([&](sql::Connection& connection) {
    v1::RegisteredModel model;
    REQUIRE(connection.run_within(kSteps, [&] { model = load_registered_model(connection, "m7"); }));
    CHECK(model.tags_size() == 1);
    CHECK(model.latest_versions_size() == 1);
    CHECK(model.latest_versions(0).version() == "2001");
    v1::ModelVersion version;
    REQUIRE(connection.run_within(kSteps, [&] { version = load_model_version(connection, "m1000", 1); }));
    CHECK(version.tags_size() == 1);
    CHECK(version.aliases_size() == 1);
    return 0;
  });
}

TEST_CASE("rows that the reference left without values are read") {
  Fixture fixture;
  fixture.run(
      "INSERT INTO registered_models(name) VALUES('m');"
      "INSERT INTO model_versions(name, version, current_stage, source) VALUES('m', 1, 'None', 's3://b/x')");
  fixture.database().readers().read([](sql::Connection& connection) {
    const v1::RegisteredModel model = load_registered_model(connection, "m");
    CHECK_FALSE(model.has_description());
    CHECK_FALSE(model.has_last_updated_timestamp());
    const v1::ModelVersion version = load_model_version(connection, "m", 1);
    CHECK_FALSE(version.has_run_id());
    CHECK_FALSE(version.has_description());
    return 0;
  });
}

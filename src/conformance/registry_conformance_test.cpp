// The kit for registry stores against the built-in one, and against broken ones, which it must catch.

#include <doctest/doctest.h>

#include <filesystem>

#include "base/ids.h"
#include "conformance/kits.h"
#include "registry/stores/sql/sql_registry_store.h"

using namespace millrace;
using namespace millrace::conformance;
using registry::SqlRegistryStore;

namespace {

// Databases in a folder for the length of a check.
template <typename Store>
class SqlSubject : public Subject<RegistryStore> {
 public:
  SqlSubject() : folder_(std::filesystem::temp_directory_path() / ("millrace-kit-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
  }
  ~SqlSubject() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<RegistryStore> open_new() override {
    ++count_;
    return reopen();
  }
  std::shared_ptr<RegistryStore> reopen() override {
    sql::SqliteDatabaseOptions options;
    options.path = (folder_ / std::to_string(count_)).string();
    options.artifact_root = "root:/artifacts";
    return std::make_shared<Store>(options);
  }
  bool declares(const std::string& capability) const override { return capability == "stages"; }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

template <typename Store>
std::string failures() {
  std::string failed;
  for (const auto& check : registry_store_kit().checks) {
    SqlSubject<Store> subject;
    try {
      check.run(subject, Effort());
    } catch (const std::exception& fault) {
      failed += check.name + ": " + fault.what() + "\n";
    }
  }
  return failed;
}

// Stores with one defect each.
class LeavesAliases : public SqlRegistryStore {
 public:
  using SqlRegistryStore::SqlRegistryStore;
  v1::plugin::Done delete_model_version(const CallContext& context,
                                        const v1::plugin::ModelVersionDeletion& request) override {
    const auto model = get_registered_model(context, lookup(request.name()));
    SqlRegistryStore::delete_model_version(context, request);
    for (const auto& alias : model.aliases()) {
      // Moves the alias to where the version was, by way of one that takes its place.
      v1::plugin::NewModelVersion version;
      version.set_name(request.name());
      const auto made = create_model_version(context, version);
      v1::plugin::AliasWrite write;
      write.set_name(request.name());
      write.set_alias(alias.alias());
      write.set_version(std::stoll(made.version()));
      set_registered_model_alias(context, write);
    }
    return {};
  }

 private:
  static v1::plugin::RegisteredModelLookup lookup(const std::string& name) {
    v1::plugin::RegisteredModelLookup result;
    result.set_name(name);
    return result;
  }
};

class ArchivesBeforeLooking : public SqlRegistryStore {
 public:
  using SqlRegistryStore::SqlRegistryStore;
  v1::ModelVersion transition_model_version_stage(const CallContext& context,
                                                  const v1::plugin::StageTransition& request) override {
    v1::plugin::RegisteredModelLookup lookup;
    lookup.set_name(request.name());
    const v1::RegisteredModel model = get_registered_model(context, lookup);
    for (const auto& version : model.latest_versions()) {
      if (!request.archive_existing() || version.current_stage() != request.stage()) continue;
      v1::plugin::StageTransition archival = request;
      archival.set_version(std::stoll(version.version()));
      archival.set_stage("Archived");
      archival.set_archive_existing(false);
      SqlRegistryStore::transition_model_version_stage(context, archival);
    }
    return SqlRegistryStore::transition_model_version_stage(context, request);
  }
};

class RepeatsPages : public SqlRegistryStore {
 public:
  using SqlRegistryStore::SqlRegistryStore;
  v1::plugin::ModelVersionPage search_model_versions(const CallContext& context,
                                                     const v1::plugin::ModelVersionQuery& request) override {
    auto page = SqlRegistryStore::search_model_versions(context, request);
    if (!page.next_cursor().empty()) page.set_next_cursor(std::to_string(std::stoll(page.next_cursor()) - 1));
    return page;
  }
};

class MindsNoCase : public SqlRegistryStore {
 public:
  using SqlRegistryStore::SqlRegistryStore;
  v1::plugin::RegisteredModelPage search_registered_models(
      const CallContext& context, const v1::plugin::RegisteredModelQuery& request) override {
    auto changed = request;
    auto& comparison = *changed.mutable_filter()->mutable_comparison();
    if (comparison.comparator() == v1::COMPARATOR_LIKE) comparison.set_comparator(v1::COMPARATOR_ILIKE);
    if (!request.filter().has_comparison()) changed = request;
    return SqlRegistryStore::search_registered_models(context, changed);
  }
};

}  // namespace

TEST_CASE("the SQLite store passes the kit for registry stores") {
  CHECK(failures<SqlRegistryStore>().empty());
}

TEST_CASE("the kit for registry stores catches broken ones") {
  const auto catches = [](const std::string& failed, const char* fault) {
    CAPTURE(failed);
    CHECK(failed.find(fault) != std::string::npos);
  };
  catches(failures<LeavesAliases>(), "an alias of a deleted version is still there");
  catches(failures<ArchivesBeforeLooking>(), "a refused transition archived versions");
  catches(failures<RepeatsPages>(), "of versions differ");
  catches(failures<MindsNoCase>(), "LIKE must mind letter case");
}

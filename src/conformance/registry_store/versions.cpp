#include <set>

#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

void versions_are_numbered(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  require_error([&] { store.version("none"); }, ErrorCode::kResourceDoesNotExist,
                "a version of an unknown model");
  require(store.version("m") == "1" && store.version("m", 5) == "2", "versions are not numbered 1, 2, ...");
  require(store.get("m").last_updated_timestamp() == 5,
          "a new version does not count as a change of the model");
  const v1::ModelVersion found = store.find("m", 1);
  require(found.current_stage() == "None" && found.status() == v1::READY,
          "a new version is not ready in stage None");
  require(found.source() == "s3://b/m" && found.run_id() == "run", "source or run is lost");
  v1::plugin::ModelVersionKey key;
  key.set_name("m");
  key.set_version(1);
  require(store->get_model_version_location(kContext, key).storage_location() == "s3://b/m/kept",
          "the storage location is lost");
}

void numbers_are_not_given_twice(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.version("m");
  store.remove("m", 2);
  require_error([&] { store.find("m", 2); }, ErrorCode::kResourceDoesNotExist, "a deleted version");
  require_error([&] { store.remove("m", 2); }, ErrorCode::kResourceDoesNotExist, "deleting a version twice");
  require_error([&] { store.tag("m", 2, "k", "v"); }, ErrorCode::kResourceDoesNotExist,
                "a tag for a deleted version");
  require_error([&] { store.alias("m", "a", 2); }, ErrorCode::kResourceDoesNotExist,
                "an alias for a deleted version");
  require(store.version("m") == "3", "the number of a deleted version was given again");
  require(store.versions({}) == Names{"m/3", "m/1"}, "a deleted version is found");
}

void descriptions_are_set_and_taken_away(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  v1::plugin::ModelVersionDescription change;
  change.set_name("m");
  change.set_version(1);
  change.set_description("d");
  change.set_update_time(4);
  require(store->update_model_version(kContext, change).description() == "d", "the description is lost");
  require(store.find("m", 1).last_updated_timestamp() == 4, "the time of the change is lost");
  change.clear_description();
  require(!store->update_model_version(kContext, change).has_description(),
          "the description was not taken away");
  change.set_version(2);
  require_error([&] { store->update_model_version(kContext, change); }, ErrorCode::kResourceDoesNotExist,
                "describing an unknown version");
}

void aliases_point_to_one_version(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.version("m");
  store.alias("m", "best", 1);
  store.alias("m", "best", 2);
  store.alias("m", "other", 2);
  require(store.find("m", "best").version() == "2", "the alias was not moved");
  require(store.find("m", 1).aliases_size() == 0 && store.find("m", 2).aliases_size() == 2,
          "versions do not tell their aliases");
  require_error([&] { store.find("m", "none"); }, ErrorCode::kInvalidParameterValue, "an unknown alias");
  require_error([&] { store.find("none", "best"); }, ErrorCode::kResourceDoesNotExist,
                "an alias of an unknown model");
  store.drop_alias("m", "other");
  store.drop_alias("m", "other");
  require(store.get("m").aliases_size() == 1, "the alias is still there");
  require_error([&] { store.drop_alias("none", "a"); }, ErrorCode::kResourceDoesNotExist,
                "an alias of an unknown model");
}

void aliases_never_point_to_nothing(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.alias("m", "best", 1);
  store.remove("m", 1);
  require(store.get("m").aliases_size() == 0, "an alias of a deleted version is still there");
  require(store.get("m").last_updated_timestamp() == 9,
          "deleting a version does not count as a change of the model");
}

void stages_make_room(RegistryStoreSubject& subject, const Effort&) {
  require_capability(subject, "stages");
  const RegistryWords store(subject.open_new());
  store.model("m");
  for (int i = 0; i < 4; ++i) store.version("m");
  store.stage("m", 1, "Production", false);
  store.stage("m", 2, "Production", false);
  store.stage("m", 3, "Staging", false);
  require_error([&] { store.stage("m", 9, "Production", true); }, ErrorCode::kResourceDoesNotExist,
                "an unknown version");
  for (const int64_t stays : {1, 2}) {
    require(store.find("m", stays).current_stage() == "Production", "a refused transition archived versions");
  }
  const v1::ModelVersion moved = store.stage("m", 4, "Production", true);
  require(moved.current_stage() == "Production" && moved.last_updated_timestamp() == 7,
          "the answer is not the new state");
  for (const int64_t archived : {1, 2}) {
    require(store.find("m", archived).current_stage() == "Archived", "a version was not archived");
  }
  require(store.find("m", 3).current_stage() == "Staging", "a version of another stage was archived");
  std::set<std::string> latest;
  const v1::RegisteredModel model = store.get("m");
  for (const auto& version : model.latest_versions())
    latest.insert(version.current_stage() + version.version());
  require(latest == std::set<std::string>{"Archived2", "Staging3", "Production4"},
          "the latest versions are wrong");
}

}  // namespace

std::vector<RegistryStoreCheck> model_version_checks() {
  return {
      {Theme::kCorrectness, "versions are numbered and keep what they were made with", versions_are_numbered},
      {Theme::kCorrectness, "numbers of deleted versions are not given again", numbers_are_not_given_twice},
      {Theme::kCorrectness, "descriptions of versions are set and taken away",
       descriptions_are_set_and_taken_away},
      {Theme::kCorrectness, "an alias points to one version", aliases_point_to_one_version},
      {Theme::kCorrectness, "aliases never point to nothing", aliases_never_point_to_nothing},
      {Theme::kCorrectness, "stages make room", stages_make_room},
  };
}

}  // namespace millrace::conformance

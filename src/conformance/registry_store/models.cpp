#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

void models_keep_what_they_were_made_with(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  v1::plugin::NewRegisteredModel made;
  made.set_name("gr\xc3\xbc\xc3\x9f 'model' %_");
  made.set_description("d\xf0\x9f\x99\x82");
  made.set_creation_time(1234);
  v1::RegisteredModelTag& tag = *made.add_tags();
  tag.set_key("k");
  tag.set_value("");
  store->create_registered_model(kContext, made);
  const v1::RegisteredModel found = store.get(made.name());
  require(found.name() == made.name() && found.description() == made.description(),
          "name or description is lost");
  require(found.creation_timestamp() == 1234 && found.last_updated_timestamp() == 1234, "a time is lost");
  require(found.tags_size() == 1 && found.tags(0).key() == "k" && found.tags(0).value().empty(),
          "a tag is lost");
  require_error([&] { store.get("MODEL"); }, ErrorCode::kResourceDoesNotExist, "an unknown model");
}

void names_of_models_are_unique(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.model("M");
  require_error([&] { store.model("m"); }, ErrorCode::kResourceAlreadyExists, "a second model of the name");
  require_error([&] { store.rename("M", "m"); }, ErrorCode::kResourceAlreadyExists,
                "a new name that is taken");
  require(store.get("M").name() == "M", "a refused change of name changed it");
}

void renaming_takes_all_along(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("old");
  store.version("old");
  store.tag("old", "k", "v");
  store.tag("old", 1, "vk", "vv");
  store.alias("old", "best", 1);
  const v1::RegisteredModel renamed = store.rename("old", "new");
  require(renamed.name() == "new" && renamed.last_updated_timestamp() == 5,
          "the answer does not show the new state");
  require_error([&] { store.get("old"); }, ErrorCode::kResourceDoesNotExist, "the old name");
  const v1::RegisteredModel found = store.get("new");
  require(found.tags_size() == 1 && found.aliases_size() == 1 && found.latest_versions_size() == 1,
          "renaming loses tags, aliases or versions");
  const v1::ModelVersion version = store.find("new", "best");
  require(version.name() == "new" && version.tags_size() == 1, "renaming loses tags of versions");
  require(version.last_updated_timestamp() == 5, "renaming does not count as a change of the versions");
}

void deleting_takes_all_along(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.version("m");
  store.tag("m", "k", "v");
  store.tag("m", 1, "k", "v");
  store.alias("m", "best", 1);
  store->delete_registered_model(kContext, model_lookup("m"));
  require_error([&] { store.get("m"); }, ErrorCode::kResourceDoesNotExist, "a deleted model");
  require_error([&] { store.find("m", 1); }, ErrorCode::kResourceDoesNotExist,
                "a version of a deleted model");
  require_error([&] { store->delete_registered_model(kContext, model_lookup("m")); },
                ErrorCode::kResourceDoesNotExist, "deleting a model twice");
  require(store.versions({}).empty(), "versions of a deleted model are found");
  store.model("m");
  require(store.version("m") == "1", "numbers do not start anew");
  const v1::RegisteredModel again = store.get("m");
  require(again.tags_size() == 0 && again.aliases_size() == 0,
          "a new model has tags or aliases of the old one");
  require(store.find("m", 1).tags_size() == 0, "a new version has tags of the old one");
}

void tags_replace_and_go(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.tag("m", "k", "1");
  store.tag("m", "k", "2");
  store.tag("m", 1, "k", "3");
  store.tag("m", 1, "k", "4");
  require(store.get("m").tags_size() == 1 && store.get("m").tags(0).value() == "2",
          "the tag was not replaced");
  require(store.find("m", 1).tags_size() == 1 && store.find("m", 1).tags(0).value() == "4",
          "the tag of a version was not replaced");
  require(store.get("m").last_updated_timestamp() == 1, "a tag counts as a change of the model");
  v1::plugin::RegisteredModelTagKey key;
  key.set_name("m");
  key.set_key("k");
  store->delete_registered_model_tag(kContext, key);
  store->delete_registered_model_tag(kContext, key);
  require(store.get("m").tags_size() == 0, "the tag is still there");
  require(store.find("m", 1).tags_size() == 1, "a tag of a version went with that of the model");
  v1::plugin::ModelVersionTagKey version_key;
  version_key.set_name("m");
  version_key.set_version(1);
  version_key.set_key("k");
  store->delete_model_version_tag(kContext, version_key);
  store->delete_model_version_tag(kContext, version_key);
  require(store.find("m", 1).tags_size() == 0, "the tag of the version is still there");
  require_error([&] { store.tag("none", "k", "v"); }, ErrorCode::kResourceDoesNotExist,
                "a tag for an unknown model");
}

void long_tags_are_kept_whole(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  store.tag("m", 1, "k", std::string(100'000, 'x'));
  require(store.find("m", 1).tags_size() == 1 && store.find("m", 1).tags(0).value().size() == 100'000,
          "the tag was not kept whole");
}

}  // namespace

std::vector<RegistryStoreCheck> registered_model_checks() {
  return {
      {Theme::kCorrectness, "models keep what they were made with", models_keep_what_they_were_made_with},
      {Theme::kCorrectness, "names of models are unique", names_of_models_are_unique},
      {Theme::kCorrectness, "a new name takes versions, tags and aliases along", renaming_takes_all_along},
      {Theme::kCorrectness, "deleting a model takes versions, tags and aliases along",
       deleting_takes_all_along},
      {Theme::kCorrectness, "tags replace and go", tags_replace_and_go},
      {Theme::kCorrectness, "a tag of a version keeps 100,000 characters", long_tags_are_kept_whole},
  };
}

}  // namespace millrace::conformance

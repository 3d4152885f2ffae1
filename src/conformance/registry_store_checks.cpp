#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "conformance/check.h"
#include "conformance/kits.h"

namespace millrace::conformance {
namespace {

using v1::plugin::ModelVersionLookup;
using v1::plugin::ModelVersionQuery;
using v1::plugin::RegisteredModelQuery;
using Names = std::vector<std::string>;

const CallContext kContext;

// Makes an empty store.
using NewStore = std::function<std::shared_ptr<RegistryStore>()>;

v1::Filter comparison(v1::FieldKind kind, const std::string& name, v1::Comparator comparator) {
  v1::Filter filter;
  filter.mutable_comparison()->mutable_field()->set_kind(kind);
  filter.mutable_comparison()->mutable_field()->set_name(name);
  filter.mutable_comparison()->set_comparator(comparator);
  return filter;
}

v1::Filter text(v1::FieldKind kind, const std::string& name, v1::Comparator comparator,
                const std::string& value) {
  v1::Filter filter = comparison(kind, name, comparator);
  filter.mutable_comparison()->set_text(value);
  return filter;
}

v1::Filter any_of(const v1::Filter& a, const v1::Filter& b) {
  v1::Filter filter;
  *filter.mutable_any_of()->add_filters() = a;
  *filter.mutable_any_of()->add_filters() = b;
  return filter;
}

v1::OrderBy by(const std::string& name, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(name);
  order.set_descending(descending);
  return order;
}

// A store with the words that the checks are written in.
class Subject {
 public:
  explicit Subject(const NewStore& factory) : store_(factory()) {}

  RegistryStore* operator->() const { return store_.get(); }

  v1::RegisteredModel model(const std::string& name, int64_t time = 1) const {
    v1::plugin::NewRegisteredModel model;
    model.set_name(name);
    model.set_creation_time(time);
    return store_->create_registered_model(kContext, model);
  }

  v1::RegisteredModel get(const std::string& name) const {
    return store_->get_registered_model(kContext, lookup(name));
  }

  static v1::plugin::RegisteredModelLookup lookup(const std::string& name) {
    v1::plugin::RegisteredModelLookup lookup;
    lookup.set_name(name);
    return lookup;
  }

  std::string version(const std::string& name, int64_t time = 1,
                      const std::string& source = "s3://b/m") const {
    v1::plugin::NewModelVersion version;
    version.set_name(name);
    version.set_source(source);
    version.set_storage_location(source + "/kept");
    version.set_run_id("run");
    version.set_creation_time(time);
    return store_->create_model_version(kContext, version).version();
  }

  v1::ModelVersion find(const std::string& name, int64_t version) const {
    ModelVersionLookup lookup;
    lookup.set_name(name);
    lookup.set_version(version);
    return store_->get_model_version(kContext, lookup);
  }

  v1::ModelVersion find(const std::string& name, const std::string& alias) const {
    ModelVersionLookup lookup;
    lookup.set_name(name);
    lookup.set_alias(alias);
    return store_->get_model_version(kContext, lookup);
  }

  void remove(const std::string& name, int64_t version, int64_t time = 9) const {
    v1::plugin::ModelVersionDeletion deletion;
    deletion.set_name(name);
    deletion.set_version(version);
    deletion.set_update_time(time);
    store_->delete_model_version(kContext, deletion);
  }

  void alias(const std::string& name, const std::string& alias, int64_t version) const {
    v1::plugin::AliasWrite write;
    write.set_name(name);
    write.set_alias(alias);
    write.set_version(version);
    store_->set_registered_model_alias(kContext, write);
  }

  void drop_alias(const std::string& name, const std::string& alias) const {
    v1::plugin::AliasKey key;
    key.set_name(name);
    key.set_alias(alias);
    store_->delete_registered_model_alias(kContext, key);
  }

  void tag(const std::string& name, const std::string& key, const std::string& value) const {
    v1::plugin::RegisteredModelTagWrite write;
    write.set_name(name);
    write.set_key(key);
    write.set_value(value);
    store_->set_registered_model_tag(kContext, write);
  }

  void tag(const std::string& name, int64_t version, const std::string& key, const std::string& value) const {
    v1::plugin::ModelVersionTagWrite write;
    write.set_name(name);
    write.set_version(version);
    write.set_key(key);
    write.set_value(value);
    store_->set_model_version_tag(kContext, write);
  }

  v1::RegisteredModel rename(const std::string& name, const std::string& new_name, int64_t time = 5) const {
    v1::plugin::RegisteredModelChanges changes;
    changes.set_name(name);
    changes.set_new_name(new_name);
    changes.set_update_time(time);
    return store_->update_registered_model(kContext, changes);
  }

  v1::ModelVersion stage(const std::string& name, int64_t version, const std::string& stage,
                         bool archive) const {
    v1::plugin::StageTransition transition;
    transition.set_name(name);
    transition.set_version(version);
    transition.set_stage(stage);
    transition.set_archive_existing(archive);
    transition.set_update_time(7);
    return store_->transition_model_version_stage(kContext, transition);
  }

  // Names of models over all pages.
  Names models(const v1::Filter& filter, std::vector<v1::OrderBy> order = {}, int64_t page = 100) const {
    RegisteredModelQuery query;
    *query.mutable_filter() = filter;
    if (order.empty()) order.push_back(by("name", false));
    for (const auto& term : order) *query.add_order_by() = term;
    query.mutable_page()->set_limit(page);
    Names names;
    do {
      const auto found = store_->search_registered_models(kContext, query);
      require(found.models_size() <= page, "a page is longer than was asked for");
      for (const auto& model : found.models()) names.push_back(model.name());
      query.mutable_page()->set_cursor(found.next_cursor());
    } while (!query.page().cursor().empty());
    return names;
  }

  // "name/version" of versions over all pages.
  Names versions(const v1::Filter& filter, std::vector<v1::OrderBy> order = {}, int64_t page = 100) const {
    ModelVersionQuery query;
    *query.mutable_filter() = filter;
    order.push_back(by("name", false));
    order.push_back(by("version_number", true));
    for (const auto& term : order) *query.add_order_by() = term;
    query.mutable_page()->set_limit(page);
    Names names;
    do {
      const auto found = store_->search_model_versions(kContext, query);
      require(found.versions_size() <= page, "a page is longer than was asked for");
      for (const auto& version : found.versions()) names.push_back(version.name() + "/" + version.version());
      query.mutable_page()->set_cursor(found.next_cursor());
    } while (!query.page().cursor().empty());
    return names;
  }

 private:
  std::shared_ptr<RegistryStore> store_;
};

void models_keep_what_they_were_made_with(const NewStore& factory) {
  const Subject store(factory);
  v1::plugin::NewRegisteredModel made;
  made.set_name("gr\xc3\xbc\xc3\x9f 'model' %_");
  made.set_description("d\xe2\x98\x83");
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

void names_of_models_are_unique(const NewStore& factory) {
  const Subject store(factory);
  store.model("m");
  store.model("M");
  require_error([&] { store.model("m"); }, ErrorCode::kResourceAlreadyExists, "a second model of the name");
  require_error([&] { store.rename("M", "m"); }, ErrorCode::kResourceAlreadyExists,
                "a new name that is taken");
  require(store.get("M").name() == "M", "a refused change of name changed it");
}

void versions_are_numbered(const NewStore& factory) {
  const Subject store(factory);
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

void numbers_are_not_given_twice(const NewStore& factory) {
  const Subject store(factory);
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

void concurrent_versions_get_numbers_of_their_own(const NewStore& factory) {
  const Subject store(factory);
  store.model("m");
  constexpr int kWriters = 16;
  constexpr int kEach = 10;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&] {
      try {
        for (int i = 0; i < kEach; ++i) store.version("m");
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  require(failed == 0, std::to_string(failed) + " of " + std::to_string(kWriters) + " writers met an error");
  const Names all = store.versions({}, {}, 1000);
  require(all.size() == kWriters * kEach, "versions were lost or made twice");
  require(all.front() == "m/" + std::to_string(kWriters * kEach), "numbers were left out");
}

void one_of_many_creators_wins(const NewStore& factory) {
  const Subject store(factory);
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      try {
        store.model("m");
        ++made;
      } catch (const Error& error) {
        refused += error.code() == ErrorCode::kResourceAlreadyExists ? 1 : 0;
      } catch (const std::exception&) {
      }
    });
  }
  for (auto& thread : threads) thread.join();
  require(made == 1 && refused == 15, std::to_string(made) + " creators won instead of one");
}

void renaming_takes_all_along(const NewStore& factory) {
  const Subject store(factory);
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

void deleting_takes_all_along(const NewStore& factory) {
  const Subject store(factory);
  store.model("m");
  store.version("m");
  store.version("m");
  store.tag("m", "k", "v");
  store.tag("m", 1, "k", "v");
  store.alias("m", "best", 1);
  store->delete_registered_model(kContext, Subject::lookup("m"));
  require_error([&] { store.get("m"); }, ErrorCode::kResourceDoesNotExist, "a deleted model");
  require_error([&] { store.find("m", 1); }, ErrorCode::kResourceDoesNotExist,
                "a version of a deleted model");
  require_error([&] { store->delete_registered_model(kContext, Subject::lookup("m")); },
                ErrorCode::kResourceDoesNotExist, "deleting a model twice");
  require(store.versions({}).empty(), "versions of a deleted model are found");
  store.model("m");
  require(store.version("m") == "1", "numbers do not start anew");
  const v1::RegisteredModel again = store.get("m");
  require(again.tags_size() == 0 && again.aliases_size() == 0,
          "a new model has tags or aliases of the old one");
  require(store.find("m", 1).tags_size() == 0, "a new version has tags of the old one");
}

void descriptions_are_set_and_taken_away(const NewStore& factory) {
  const Subject store(factory);
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

void tags_replace_and_go(const NewStore& factory) {
  const Subject store(factory);
  store.model("m");
  store.version("m");
  store.tag("m", "k", "1");
  store.tag("m", "k", "2");
  store.tag("m", 1, "k", "3");
  store.tag("m", 1, "k", std::string(100'000, 'x'));
  require(store.get("m").tags_size() == 1 && store.get("m").tags(0).value() == "2",
          "the tag was not replaced");
  require(store.find("m", 1).tags_size() == 1 && store.find("m", 1).tags(0).value().size() == 100'000,
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

void aliases_point_to_one_version(const NewStore& factory) {
  const Subject store(factory);
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

void aliases_never_point_to_nothing(const NewStore& factory) {
  const Subject store(factory);
  store.model("m");
  store.version("m");
  store.alias("m", "best", 1);
  store.remove("m", 1);
  require(store.get("m").aliases_size() == 0, "an alias of a deleted version is still there");
  require(store.get("m").last_updated_timestamp() == 9,
          "deleting a version does not count as a change of the model");
}

void stages_make_room(const NewStore& factory) {
  const Subject store(factory);
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

void model_filters_select(const NewStore& factory) {
  const Subject store(factory);
  for (const char* name : {"apple", "Apple", "banana", "100%"}) store.model(name);
  store.tag("apple", "k", "Red");
  store.tag("banana", "k", "yellow");
  const auto name = [&](v1::Comparator comparator, const std::string& value) {
    return store.models(text(v1::FIELD_KIND_ATTRIBUTE, "name", comparator, value));
  };
  const auto tag = [&](v1::Comparator comparator, const std::string& value) {
    return store.models(text(v1::FIELD_KIND_TAG, "k", comparator, value));
  };
  require(name(v1::COMPARATOR_EQUAL, "apple") == Names{"apple"}, "name =");
  require(name(v1::COMPARATOR_NOT_EQUAL, "apple").size() == 3, "name !=");
  require(name(v1::COMPARATOR_LIKE, "app%") == Names{"apple"}, "LIKE must mind letter case");
  require(name(v1::COMPARATOR_ILIKE, "APP__").size() == 2, "ILIKE must not mind letter case");
  require(name(v1::COMPARATOR_EQUAL, "' OR 1=1 --").empty(), "a value became part of the query");
  require(tag(v1::COMPARATOR_EQUAL, "Red") == Names{"apple"}, "tag =");
  require(tag(v1::COMPARATOR_NOT_EQUAL, "Red") == Names{"banana"}, "tag != counts models that lack the tag");
  require(store.models(comparison(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_IS_NULL)).size() == 2, "IS NULL");
  require(store.models(any_of(text(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_EQUAL, "Red"),
                              text(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, "banana"))) ==
              Names{"apple", "banana"},
          "OR");
  v1::Filter list = comparison(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_IN);
  list.mutable_comparison()->mutable_texts()->add_values("banana");
  list.mutable_comparison()->mutable_texts()->add_values("none");
  require(store.models(list) == Names{"banana"}, "IN");
}

void version_filters_select(const NewStore& factory) {
  const Subject store(factory);
  for (const char* name : {"a", "b"}) {
    store.model(name);
    for (int i = 0; i < 3; ++i) store.version(name, 1, "s3://" + std::string(name) + std::to_string(i));
  }
  store.tag("a", 2, "k", "v");
  v1::Filter number = comparison(v1::FIELD_KIND_ATTRIBUTE, "version_number", v1::COMPARATOR_GREATER);
  number.mutable_comparison()->set_integer(2);
  require(store.versions(number) == Names{"a/3", "b/3"}, "version_number >");
  require(store.versions(text(v1::FIELD_KIND_ATTRIBUTE, "source_path", v1::COMPARATOR_EQUAL, "s3://b0")) ==
              Names{"b/1"},
          "source_path =");
  require(store.versions(text(v1::FIELD_KIND_ATTRIBUTE, "run_id", v1::COMPARATOR_EQUAL, "run")).size() == 6,
          "run_id =");
  require(store.versions(text(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, "a")).size() == 3,
          "name =");
  require(store.versions(text(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_EQUAL, "v")) == Names{"a/2"}, "tag =");
}

void orders_sort(const NewStore& factory) {
  const Subject store(factory);
  store.model("b", 1);
  store.model("c", 3);
  store.model("a", 2);
  require(store.models({}) == Names{"a", "b", "c"}, "by name");
  require(store.models({}, {by("name", true)}) == Names{"c", "b", "a"}, "by name, descending");
  require(store.models({}, {by("last_updated_timestamp", true), by("name", false)}) == Names{"c", "a", "b"},
          "by change");
  store.version("a", 10);
  store.version("a", 30);
  store.version("b", 20);
  require(store.versions({}) == Names{"a/2", "a/1", "b/1"}, "versions by name and number");
  require(store.versions({}, {by("creation_timestamp", true)}) == Names{"a/2", "b/1", "a/1"},
          "versions, newest first");
  require(store.versions({}, {by("last_updated_timestamp", false)}) == Names{"a/1", "b/1", "a/2"},
          "versions by change");
}

void pages_cover_all_once(const NewStore& factory) {
  const Subject store(factory);
  for (int i = 0; i < 23; ++i) {
    const std::string name = "m" + std::to_string(i);
    store.model(name, i % 3);
    store.version(name, i % 2);
    store.version(name, i % 2);
  }
  const std::vector<v1::OrderBy> by_change{by("last_updated_timestamp", true), by("name", false)};
  const Names models = store.models({}, by_change, 5);
  require(models == store.models({}, by_change, 1000), "pages and the whole of models differ");
  require(std::set<std::string>(models.begin(), models.end()).size() == 23, "pages repeat or skip models");
  const Names versions = store.versions({}, {by("last_updated_timestamp", true)}, 7);
  require(versions == store.versions({}, {by("last_updated_timestamp", true)}, 1000),
          "pages and the whole of versions differ");
  require(std::set<std::string>(versions.begin(), versions.end()).size() == 46,
          "pages repeat or skip versions");
}

}  // namespace

Kit<RegistryStore> registry_store_kit() {
  using Run = void (*)(const NewStore&);
  constexpr auto kCorrectness = Theme::kCorrectness;
  constexpr auto kConcurrency = Theme::kConcurrency;
  struct Row {
    Theme theme;
    const char* name;
    Run run;
  };
  static const std::vector<Row> rows{
      {kCorrectness, "models keep what they were made with", models_keep_what_they_were_made_with},
      {kCorrectness, "names of models are unique", names_of_models_are_unique},
      {kCorrectness, "versions are numbered and keep what they were made with", versions_are_numbered},
      {kCorrectness, "numbers of deleted versions are not given again", numbers_are_not_given_twice},
      {kConcurrency, "16 concurrent creators of versions get numbers of their own",
       concurrent_versions_get_numbers_of_their_own},
      {kConcurrency, "one of many concurrent creators of a name wins", one_of_many_creators_wins},
      {kCorrectness, "a new name takes versions, tags and aliases along", renaming_takes_all_along},
      {kCorrectness, "deleting a model takes versions, tags and aliases along", deleting_takes_all_along},
      {kCorrectness, "descriptions of versions are set and taken away", descriptions_are_set_and_taken_away},
      {kCorrectness, "tags replace and go", tags_replace_and_go},
      {kCorrectness, "an alias points to one version", aliases_point_to_one_version},
      {kCorrectness, "aliases never point to nothing", aliases_never_point_to_nothing},
      {kCorrectness, "stages make room", stages_make_room},
      {kCorrectness, "filters select models", model_filters_select},
      {kCorrectness, "filters select versions", version_filters_select},
      {kCorrectness, "orders sort", orders_sort},
      {kCorrectness, "pages cover all models and versions once", pages_cover_all_once},
  };
  Kit<RegistryStore> kit{"registry_store", {}};
  for (const Row& row : rows) {
    kit.checks.push_back(
        {row.theme, row.name, [run = row.run](conformance::Subject<RegistryStore>& subject, const Effort&) {
           run([&] { return subject.open_new(); });
         }});
  }
  return kit;
}

}  // namespace millrace::conformance

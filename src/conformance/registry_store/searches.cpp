#include <set>

#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

void model_filters_select(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  for (const char* name : {"apple", "Apple", "banana", "100%"}) store.model(name);
  store.tag("apple", "k", "Red");
  store.tag("banana", "k", "yellow");
  const auto name = [&](v1::Comparator comparator, const std::string& value) {
    return store.models(has(v1::FIELD_KIND_ATTRIBUTE, "name", comparator, value));
  };
  const auto tag = [&](v1::Comparator comparator, const std::string& value) {
    return store.models(has(v1::FIELD_KIND_TAG, "k", comparator, value));
  };
  require(name(v1::COMPARATOR_EQUAL, "apple") == Names{"apple"}, "name =");
  require(name(v1::COMPARATOR_NOT_EQUAL, "apple").size() == 3, "name !=");
  require(name(v1::COMPARATOR_LIKE, "app%") == Names{"apple"}, "LIKE must mind letter case");
  require(name(v1::COMPARATOR_ILIKE, "APP__").size() == 2, "ILIKE must not mind letter case");
  require(name(v1::COMPARATOR_EQUAL, "' OR 1=1 --").empty(), "a value became part of the query");
  require(tag(v1::COMPARATOR_EQUAL, "Red") == Names{"apple"}, "tag =");
  require(tag(v1::COMPARATOR_NOT_EQUAL, "Red") == Names{"banana"}, "tag != counts models that lack the tag");
  require(store.models(has(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_IS_NULL)).size() == 2, "IS NULL");
  require(store.models(either(has(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_EQUAL, "Red"),
                              has(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, "banana"))) ==
              Names{"apple", "banana"},
          "OR");
  v1::Filter list = has(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_IN);
  list.mutable_comparison()->mutable_texts()->add_values("banana");
  list.mutable_comparison()->mutable_texts()->add_values("none");
  require(store.models(list) == Names{"banana"}, "IN");
}

void version_filters_select(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  for (const char* name : {"a", "b"}) {
    store.model(name);
    for (int i = 0; i < 3; ++i) store.version(name, 1, "s3://" + std::string(name) + std::to_string(i));
  }
  store.tag("a", 2, "k", "v");
  v1::Filter number = has(v1::FIELD_KIND_ATTRIBUTE, "version_number", v1::COMPARATOR_GREATER);
  number.mutable_comparison()->set_integer(2);
  require(store.versions(number) == Names{"a/3", "b/3"}, "version_number >");
  require(store.versions(has(v1::FIELD_KIND_ATTRIBUTE, "source_path", v1::COMPARATOR_EQUAL, "s3://b0")) ==
              Names{"b/1"},
          "source_path =");
  require(store.versions(has(v1::FIELD_KIND_ATTRIBUTE, "run_id", v1::COMPARATOR_EQUAL, "run")).size() == 6,
          "run_id =");
  require(store.versions(has(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, "a")).size() == 3,
          "name =");
  require(store.versions(has(v1::FIELD_KIND_TAG, "k", v1::COMPARATOR_EQUAL, "v")) == Names{"a/2"}, "tag =");
}

void orders_sort(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
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

void pages_cover_all_once(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
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

std::vector<RegistryStoreCheck> registry_search_checks() {
  return {
      {Theme::kCorrectness, "filters select models", model_filters_select},
      {Theme::kCorrectness, "filters select versions", version_filters_select},
      {Theme::kCorrectness, "orders sort", orders_sort},
      {Theme::kCorrectness, "pages cover all models and versions once", pages_cover_all_once},
  };
}

}  // namespace millrace::conformance

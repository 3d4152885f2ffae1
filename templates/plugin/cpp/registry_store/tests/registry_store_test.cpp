#include "registry_store.h"

#include <cstdlib>
#include <filesystem>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

void model(SamplePlugin& store, const std::string& name) {
  v1::plugin::NewRegisteredModel request;
  request.set_name(name);
  store.create_registered_model({}, request);
}

std::string version(SamplePlugin& store, const std::string& name) {
  v1::plugin::NewModelVersion request;
  request.set_name(name);
  request.set_source("s3://bucket/model");
  return store.create_model_version({}, request).version();
}

v1::plugin::ModelVersionLookup by_alias(const std::string& alias) {
  v1::plugin::ModelVersionLookup lookup;
  lookup.set_name("m");
  lookup.set_alias(alias);
  return lookup;
}

void names_of_models_are_unique(SamplePlugin& store) {
  model(store, "m");
  check_error(ErrorCode::kResourceAlreadyExists, "a second of that name", [&] { model(store, "m"); });
}

void versions_are_numbered_and_no_number_comes_again(SamplePlugin& store) {
  check(version(store, "m") == "1" && version(store, "m") == "2", "numbers rise from 1");
  v1::plugin::ModelVersionDeletion deletion;
  deletion.set_name("m");
  deletion.set_version(2);
  store.delete_model_version({}, deletion);
  check(version(store, "m") == "3", "the number of a deleted version is not given again");
}

void an_alias_leads_to_its_version(SamplePlugin& store) {
  v1::plugin::AliasWrite write;
  write.set_name("m");
  write.set_alias("champion");
  write.set_version(1);
  store.set_registered_model_alias({}, write);
  check(store.get_model_version({}, by_alias("champion")).version() == "1", "the version of the alias");
  check_error(ErrorCode::kInvalidParameterValue, "an unknown alias",
              [&] { store.get_model_version({}, by_alias("none")); });
}

void models_are_found_by_name(SamplePlugin& store) {
  model(store, "other");
  v1::plugin::RegisteredModelQuery query;
  query.mutable_page()->set_limit(10);
  v1::Comparison& comparison = *query.mutable_filter()->mutable_comparison();
  comparison.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  comparison.mutable_field()->set_name("name");
  comparison.set_comparator(v1::COMPARATOR_LIKE);
  comparison.set_text("o_h%");
  const auto page = store.search_registered_models({}, query);
  check(page.models_size() == 1 && page.models(0).name() == "other", "the model whose name is like that");
}

void another_server_sees_it(const std::string& uri) {
  SamplePlugin other(options({}, uri));
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name("m");
  const auto found = other.get_registered_model({}, lookup);
  check(found.latest_versions_size() == 1 && found.aliases_size() == 1, "what was written before");
  lookup.set_name("none");
  check_error(ErrorCode::kResourceDoesNotExist, "an unknown model",
              [&] { other.get_registered_model({}, lookup); });
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin store(options({}, "sample-name:" + folder));
  names_of_models_are_unique(store);
  versions_are_numbered_and_no_number_comes_again(store);
  an_alias_leads_to_its_version(store);
  models_are_found_by_name(store);
  another_server_sees_it("sample-name:" + folder);
  fs::remove_all(folder);
}

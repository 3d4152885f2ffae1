#include "conformance/registry_store/registry_words.h"

namespace millrace::conformance {
namespace {

using v1::plugin::ModelVersionLookup;
using v1::plugin::ModelVersionQuery;
using v1::plugin::RegisteredModelQuery;

const CallContext kContext;

}  // namespace

v1::Filter has(v1::FieldKind kind, const std::string& name, v1::Comparator comparator) {
  v1::Filter filter;
  filter.mutable_comparison()->mutable_field()->set_kind(kind);
  filter.mutable_comparison()->mutable_field()->set_name(name);
  filter.mutable_comparison()->set_comparator(comparator);
  return filter;
}

v1::Filter has(v1::FieldKind kind, const std::string& name, v1::Comparator comparator,
               const std::string& value) {
  v1::Filter filter = has(kind, name, comparator);
  filter.mutable_comparison()->set_text(value);
  return filter;
}

v1::Filter either(const v1::Filter& a, const v1::Filter& b) {
  v1::Filter filter;
  *filter.mutable_any_of()->add_filters() = a;
  *filter.mutable_any_of()->add_filters() = b;
  return filter;
}

v1::OrderBy by(const std::string& attribute, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(attribute);
  order.set_descending(descending);
  return order;
}

v1::plugin::RegisteredModelLookup model_lookup(const std::string& name) {
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(name);
  return lookup;
}

v1::RegisteredModel RegistryWords::model(const std::string& name, int64_t time) const {
  v1::plugin::NewRegisteredModel model;
  model.set_name(name);
  model.set_creation_time(time);
  return store_->create_registered_model(kContext, model);
}

v1::RegisteredModel RegistryWords::get(const std::string& name) const {
  return store_->get_registered_model(kContext, model_lookup(name));
}

std::string RegistryWords::version(const std::string& name, int64_t time, const std::string& source) const {
  v1::plugin::NewModelVersion version;
  version.set_name(name);
  version.set_source(source);
  version.set_storage_location(source + "/kept");
  version.set_run_id("run");
  version.set_creation_time(time);
  return store_->create_model_version(kContext, version).version();
}

v1::ModelVersion RegistryWords::find(const std::string& name, int64_t version) const {
  ModelVersionLookup lookup;
  lookup.set_name(name);
  lookup.set_version(version);
  return store_->get_model_version(kContext, lookup);
}

v1::ModelVersion RegistryWords::find(const std::string& name, const std::string& alias) const {
  ModelVersionLookup lookup;
  lookup.set_name(name);
  lookup.set_alias(alias);
  return store_->get_model_version(kContext, lookup);
}

void RegistryWords::remove(const std::string& name, int64_t version, int64_t time) const {
  v1::plugin::ModelVersionDeletion deletion;
  deletion.set_name(name);
  deletion.set_version(version);
  deletion.set_update_time(time);
  store_->delete_model_version(kContext, deletion);
}

void RegistryWords::alias(const std::string& name, const std::string& alias, int64_t version) const {
  v1::plugin::AliasWrite write;
  write.set_name(name);
  write.set_alias(alias);
  write.set_version(version);
  store_->set_registered_model_alias(kContext, write);
}

void RegistryWords::drop_alias(const std::string& name, const std::string& alias) const {
  v1::plugin::AliasKey key;
  key.set_name(name);
  key.set_alias(alias);
  store_->delete_registered_model_alias(kContext, key);
}

void RegistryWords::tag(const std::string& name, const std::string& key, const std::string& value) const {
  v1::plugin::RegisteredModelTagWrite write;
  write.set_name(name);
  write.set_key(key);
  write.set_value(value);
  store_->set_registered_model_tag(kContext, write);
}

void RegistryWords::tag(const std::string& name, int64_t version, const std::string& key,
                        const std::string& value) const {
  v1::plugin::ModelVersionTagWrite write;
  write.set_name(name);
  write.set_version(version);
  write.set_key(key);
  write.set_value(value);
  store_->set_model_version_tag(kContext, write);
}

v1::RegisteredModel RegistryWords::rename(const std::string& name, const std::string& new_name,
                                          int64_t time) const {
  v1::plugin::RegisteredModelChanges changes;
  changes.set_name(name);
  changes.set_new_name(new_name);
  changes.set_update_time(time);
  return store_->update_registered_model(kContext, changes);
}

v1::ModelVersion RegistryWords::stage(const std::string& name, int64_t version, const std::string& stage,
                                      bool archive) const {
  v1::plugin::StageTransition transition;
  transition.set_name(name);
  transition.set_version(version);
  transition.set_stage(stage);
  transition.set_archive_existing(archive);
  transition.set_update_time(7);
  return store_->transition_model_version_stage(kContext, transition);
}

Names RegistryWords::models(const v1::Filter& filter, std::vector<v1::OrderBy> order, int64_t page) const {
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

Names RegistryWords::versions(const v1::Filter& filter, std::vector<v1::OrderBy> order, int64_t page) const {
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

}  // namespace millrace::conformance

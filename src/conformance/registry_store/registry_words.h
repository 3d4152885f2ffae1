#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/check.h"
#include "millrace/v1/plugin/registry_store.gen.h"

namespace millrace::conformance {

using RegistryStoreSubject = Subject<RegistryStore>;
using RegistryStoreCheck = Check<RegistryStore>;
using Names = std::vector<std::string>;

/// Parts of queries.
v1::Filter has(v1::FieldKind kind, const std::string& name, v1::Comparator comparator);
v1::Filter has(v1::FieldKind kind, const std::string& name, v1::Comparator comparator,
               const std::string& value);
v1::Filter either(const v1::Filter& a, const v1::Filter& b);
v1::OrderBy by(const std::string& attribute, bool descending);
v1::plugin::RegisteredModelLookup model_lookup(const std::string& name);

/// A registry store with the words that its checks are written in. Times that are not given are small
/// numbers, so that a time that changes shows.
class RegistryWords {
 public:
  explicit RegistryWords(std::shared_ptr<RegistryStore> store) : store_(std::move(store)) {}

  RegistryStore* operator->() const { return store_.get(); }

  v1::RegisteredModel model(const std::string& name, int64_t time = 1) const;
  v1::RegisteredModel get(const std::string& name) const;
  v1::RegisteredModel rename(const std::string& name, const std::string& new_name, int64_t time = 5) const;

  /// Creates a version and returns its number.
  std::string version(const std::string& name, int64_t time = 1,
                      const std::string& source = "s3://b/m") const;
  v1::ModelVersion find(const std::string& name, int64_t version) const;
  v1::ModelVersion find(const std::string& name, const std::string& alias) const;
  void remove(const std::string& name, int64_t version, int64_t time = 9) const;
  v1::ModelVersion stage(const std::string& name, int64_t version, const std::string& stage,
                         bool archive) const;

  void alias(const std::string& name, const std::string& alias, int64_t version) const;
  void drop_alias(const std::string& name, const std::string& alias) const;
  void tag(const std::string& name, const std::string& key, const std::string& value) const;
  void tag(const std::string& name, int64_t version, const std::string& key, const std::string& value) const;

  /// Names of models over all pages; by name where no order is given.
  Names models(const v1::Filter& filter, std::vector<v1::OrderBy> order = {}, int64_t page = 100) const;
  /// "name/version" of versions over all pages.
  Names versions(const v1::Filter& filter, std::vector<v1::OrderBy> order = {}, int64_t page = 100) const;

 private:
  std::shared_ptr<RegistryStore> store_;
};

}  // namespace millrace::conformance

#include "registry/stores/file/file_registry_store.h"

#include "base/error.h"
#include "registry/stores/sql/rows.h"
#include "tracking/stores/file/layout.h"

namespace millrace::registry {
namespace {

using tracking::files::Changes;
using tracking::files::Folder;
using tracking::files::kMeta;
using tracking::files::kModels;
using tracking::files::kTags;
using v1::plugin::Done;

const CallContext kContext;

std::string model_path(const std::string& name) {
  return std::string(kModels) + "/" + name;
}

// MLflow itself refuses names with '%' in its file store; they do no harm here.
void check_name(const std::string& name) {
  if (tracking::files::is_folder_name(name)) return;
  throw_invalid_parameter(
      "Invalid name: '" + name +
      "'. In a file store a registered model is a folder, so its name cannot begin with a '.' or "
      "have a '/'.");
}

v1::plugin::RegisteredModelLookup by_name(const std::string& name) {
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(name);
  return lookup;
}

[[noreturn]] void throw_taken(const std::string& name) {
  throw Error(ErrorCode::kResourceAlreadyExists, "Registered Model (name=" + name + ") already exists.");
}

bool is_there(const tracking::files::Root& root, const std::string& name) {
  return root.folder().state(model_path(name)).has_value();
}

}  // namespace

std::string FileRegistryStore::ModelWrite::path(const std::string& below) const {
  return model_path(folder) + "/" + below;
}

files::VersionFiles& FileRegistryStore::ModelWrite::require_version(int64_t number) {
  for (files::VersionFiles& version : model.versions) {
    if (version.number == number && version.stage != kDeletedStage) return version;
  }
  throw_no_version(model.name, number);
}

void FileRegistryStore::ModelWrite::put_model() {
  changes.put(path(kMeta), files::model_meta_text(model));
}

void FileRegistryStore::ModelWrite::put_version(const files::VersionFiles& version) {
  changes.put(path(files::version_folder(version.number) + "/" + kMeta),
              files::version_meta_text(model.name, version));
}

void FileRegistryStore::change_model(const std::string& name, const std::function<void(ModelWrite&)>& write) {
  root().require_writable();
  const auto lock = root().lock_registry();
  index_->read_again(name);
  rows_.get_registered_model(kContext, by_name(name));  // throws when there is none
  const Folder folder = root().folder().open(kModels).open(name);
  ModelWrite one{name, files::read_model_files(folder, name, [](const std::string&) {}), Changes(root())};
  write(one);
  one.changes.commit();
  index_->read_again(name);
  if (one.model.name != name) index_->read_again(one.model.name);
}

// ---- models ----

v1::RegisteredModel FileRegistryStore::create_registered_model(
    const CallContext&, const v1::plugin::NewRegisteredModel& request) {
  root().require_writable();
  check_name(request.name());
  const auto lock = root().lock_registry();
  if (is_there(root(), request.name())) throw_taken(request.name());
  ModelWrite one{request.name(), {}, Changes(root())};
  one.model.name = request.name();
  one.model.creation_time = request.creation_time();
  one.model.update_time = request.creation_time();
  if (request.has_description()) one.model.description = request.description();
  for (const auto& tag : request.tags())
    one.changes.put(one.path(std::string(kTags) + "/" + tag.key()), tag.value());
  one.put_model();
  one.changes.commit();
  index_->read_again(request.name());
  return rows_.get_registered_model(kContext, by_name(request.name()));
}

v1::RegisteredModel FileRegistryStore::get_registered_model(
    const CallContext& context, const v1::plugin::RegisteredModelLookup& request) {
  index_->look_at(request.name());
  return rows_.get_registered_model(context, request);
}

v1::RegisteredModel FileRegistryStore::update_registered_model(
    const CallContext&, const v1::plugin::RegisteredModelChanges& request) {
  const std::string& name = request.has_new_name() ? request.new_name() : request.name();
  change_model(request.name(), [&](ModelWrite& one) {
    one.model.update_time = request.update_time();
    if (request.has_description()) one.model.description = request.description();
    if (!request.has_new_name() || request.new_name() == request.name()) return one.put_model();
    check_name(request.new_name());
    if (is_there(root(), request.new_name())) throw_taken(request.new_name());
    one.model.name = request.new_name();
    one.put_model();
    for (files::VersionFiles& version : one.model.versions) {
      version.update_time = request.update_time();
      one.put_version(version);
    }
    one.changes.move(model_path(request.name()), model_path(request.new_name()));
  });
  return rows_.get_registered_model(kContext, by_name(name));
}

Done FileRegistryStore::delete_registered_model(const CallContext&,
                                                const v1::plugin::RegisteredModelLookup& request) {
  change_model(request.name(), [&](ModelWrite& one) { one.changes.remove(model_path(request.name())); });
  return {};
}

v1::plugin::RegisteredModelPage FileRegistryStore::search_registered_models(
    const CallContext& context, const v1::plugin::RegisteredModelQuery& request) {
  index_->sync();
  return rows_.search_registered_models(context, request);
}

Done FileRegistryStore::set_registered_model_tag(const CallContext&,
                                                 const v1::plugin::RegisteredModelTagWrite& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.changes.put(one.path(std::string(kTags) + "/" + request.key()), request.value());
  });
  return {};
}

Done FileRegistryStore::delete_registered_model_tag(const CallContext&,
                                                    const v1::plugin::RegisteredModelTagKey& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.changes.remove(one.path(std::string(kTags) + "/" + request.key()));
  });
  return {};
}

// ---- aliases ----

Done FileRegistryStore::set_registered_model_alias(const CallContext&,
                                                   const v1::plugin::AliasWrite& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.require_version(request.version());
    one.changes.put(one.path(std::string(files::kAliases) + "/" + request.alias()),
                    std::to_string(request.version()));
  });
  return {};
}

Done FileRegistryStore::delete_registered_model_alias(const CallContext&,
                                                      const v1::plugin::AliasKey& request) {
  change_model(request.name(), [&](ModelWrite& one) {
    one.changes.remove(one.path(std::string(files::kAliases) + "/" + request.alias()));
  });
  return {};
}

}  // namespace millrace::registry

#include "registry_store.h"

#include <algorithm>

#include "files.h"
#include "millrace/search.h"

namespace sample_plugin {
namespace {

using namespace millrace;
using Append = Journal::Append;
using Values = std::vector<search::Value>;
using Attributes = std::map<std::string, search::Value>;
using Tags = std::map<std::string, std::string>;

void refuse_taken_name(const Models& models, const std::string& name) {
  if (!models.by_name().contains(name)) return;
  throw Error(ErrorCode::kResourceAlreadyExists, "Registered Model (name=" + name + ") already exists.");
}

int64_t target_of(const ModelState& model, const std::string& alias) {
  const auto found = model.aliases.find(alias);
  if (found == model.aliases.end())
    throw_invalid_parameter("Registered model alias " + alias + " not found.");
  return found->second;
}

Values value_of(const v1::FieldRef& ref, const Attributes& attributes, const Tags& tags) {
  if (ref.kind() == v1::FIELD_KIND_TAG) {
    const auto tag = tags.find(ref.name());
    return tag == tags.end() ? Values() : Values{tag->second};
  }
  const auto attribute = attributes.find(ref.name());
  if (attribute == attributes.end())
    throw_invalid_parameter("This store keeps no attribute '" + ref.name() + "'.");
  return {attribute->second};
}

search::Field fields_of(const ModelState& model) {
  return [&model](const v1::FieldRef& ref) {
    return value_of(ref, {{"name", model.name}, {"last_updated_timestamp", model.updated}}, model.tags);
  };
}

search::Field fields_of(const VersionState& version) {
  return [&version](const v1::FieldRef& ref) {
    const v1::ModelVersion& message = version.message;
    return value_of(ref,
                    {{"name", message.name()},
                     {"version_number", int64_t{std::stoll(message.version())}},
                     {"run_id", message.run_id()},
                     {"source_path", message.source()},
                     {"creation_timestamp", message.creation_timestamp()},
                     {"last_updated_timestamp", message.last_updated_timestamp()}},
                    version.tags);
  };
}

// Filters and orders what is given; then the page is taken from it.
template <typename Entity, typename Query>
search::PageBounds select(std::vector<const Entity*>& entities, const Query& query) {
  std::erase_if(entities,
                [&](const Entity* entity) { return !search::matches(query.filter(), fields_of(*entity)); });
  search::sort(entities, query.order_by(), [](const Entity* entity) { return fields_of(*entity); });
  return search::page_of(entities.size(), query.page());
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : folder_(folder_of(options.uri())),
      journal_(folder_ / "registry.journal",
               [this](int kind, std::string_view content) { models_.apply(kind, content); }) {}

template <typename Request>
v1::plugin::Done SamplePlugin::change_model(Models::Kind kind, const Request& request) {
  return journal_.write([&](const Append& append) -> Done {
    models_.model(request.name());
    append(kind, request.SerializeAsString());
    return {};
  });
}

template <typename Request>
v1::plugin::Done SamplePlugin::change_version(Models::Kind kind, const Request& request) {
  return journal_.write([&](const Append& append) -> Done {
    models_.version(request.name(), request.version());
    append(kind, request.SerializeAsString());
    return {};
  });
}

// ---- models ----

v1::RegisteredModel SamplePlugin::create_registered_model(const Context&,
                                                          const v1::plugin::NewRegisteredModel& request) {
  return journal_.write([&](const Append& append) {
    refuse_taken_name(models_, request.name());
    append(Models::kModel, request.SerializeAsString());
    return models_.model(request.name()).message();
  });
}

v1::RegisteredModel SamplePlugin::get_registered_model(const Context&,
                                                       const v1::plugin::RegisteredModelLookup& request) {
  return journal_.read([&] { return models_.model(request.name()).message(); });
}

v1::RegisteredModel SamplePlugin::update_registered_model(const Context&,
                                                          const v1::plugin::RegisteredModelChanges& request) {
  return journal_.write([&](const Append& append) {
    models_.model(request.name());
    const bool renamed = request.has_new_name() && request.new_name() != request.name();
    if (renamed) refuse_taken_name(models_, request.new_name());
    append(Models::kModelChanges, request.SerializeAsString());
    return models_.model(renamed ? request.new_name() : request.name()).message();
  });
}

v1::plugin::Done SamplePlugin::delete_registered_model(const Context&,
                                                       const v1::plugin::RegisteredModelLookup& request) {
  return change_model(Models::kModelDeletion, request);
}

v1::plugin::RegisteredModelPage SamplePlugin::search_registered_models(
    const Context&, const v1::plugin::RegisteredModelQuery& request) {
  return journal_.read([&] {
    std::vector<const ModelState*> found;
    for (const auto& [name, model] : models_.by_name()) found.push_back(&model);
    const search::PageBounds bounds = select(found, request);
    v1::plugin::RegisteredModelPage page;
    for (size_t i = bounds.begin; i < bounds.end; ++i) *page.add_models() = found[i]->message();
    page.set_next_cursor(bounds.next_cursor);
    return page;
  });
}

v1::plugin::Done SamplePlugin::set_registered_model_tag(const Context&,
                                                        const v1::plugin::RegisteredModelTagWrite& request) {
  return change_model(Models::kModelTag, request);
}

v1::plugin::Done SamplePlugin::delete_registered_model_tag(const Context&,
                                                           const v1::plugin::RegisteredModelTagKey& request) {
  return change_model(Models::kModelTagKey, request);
}

// ---- versions ----

v1::ModelVersion SamplePlugin::create_model_version(const Context&,
                                                    const v1::plugin::NewModelVersion& request) {
  return journal_.write([&](const Append& append) {
    const ModelState& model = models_.model(request.name());
    append(Models::kVersion, request.SerializeAsString());
    return model.message_of(model.greatest_number);
  });
}

v1::ModelVersion SamplePlugin::get_model_version(const Context&,
                                                 const v1::plugin::ModelVersionLookup& request) {
  return journal_.read([&] {
    const bool by_alias = request.by_case() == v1::plugin::ModelVersionLookup::kAlias;
    const int64_t number =
        by_alias ? target_of(models_.model(request.name()), request.alias()) : request.version();
    models_.version(request.name(), number);
    return models_.model(request.name()).message_of(number);
  });
}

v1::plugin::ModelVersionLocation SamplePlugin::get_model_version_location(
    const Context&, const v1::plugin::ModelVersionKey& request) {
  return journal_.read([&] {
    v1::plugin::ModelVersionLocation location;
    location.set_storage_location(models_.version(request.name(), request.version()).location);
    return location;
  });
}

v1::ModelVersion SamplePlugin::update_model_version(const Context&,
                                                    const v1::plugin::ModelVersionDescription& request) {
  return journal_.write([&](const Append& append) {
    models_.version(request.name(), request.version());
    append(Models::kVersionDescription, request.SerializeAsString());
    return models_.model(request.name()).message_of(request.version());
  });
}

v1::plugin::Done SamplePlugin::delete_model_version(const Context&,
                                                    const v1::plugin::ModelVersionDeletion& request) {
  return change_version(Models::kVersionDeletion, request);
}

v1::plugin::ModelVersionPage SamplePlugin::search_model_versions(
    const Context&, const v1::plugin::ModelVersionQuery& request) {
  return journal_.read([&] {
    std::vector<const VersionState*> found;
    for (const auto& [name, model] : models_.by_name()) {
      for (const auto& [number, version] : model.versions) found.push_back(&version);
    }
    const search::PageBounds bounds = select(found, request);
    v1::plugin::ModelVersionPage page;
    for (size_t i = bounds.begin; i < bounds.end; ++i) *page.add_versions() = found[i]->tagged();
    page.set_next_cursor(bounds.next_cursor);
    return page;
  });
}

v1::plugin::Done SamplePlugin::set_model_version_tag(const Context&,
                                                     const v1::plugin::ModelVersionTagWrite& request) {
  return change_version(Models::kVersionTag, request);
}

v1::plugin::Done SamplePlugin::delete_model_version_tag(const Context&,
                                                        const v1::plugin::ModelVersionTagKey& request) {
  return change_version(Models::kVersionTagKey, request);
}

v1::ModelVersion SamplePlugin::transition_model_version_stage(const Context&,
                                                              const v1::plugin::StageTransition& request) {
  return journal_.write([&](const Append& append) {
    models_.version(request.name(), request.version());
    append(Models::kStage, request.SerializeAsString());
    return models_.model(request.name()).message_of(request.version());
  });
}

// ---- aliases ----

v1::plugin::Done SamplePlugin::set_registered_model_alias(const Context&,
                                                          const v1::plugin::AliasWrite& request) {
  return change_version(Models::kAlias, request);
}

v1::plugin::Done SamplePlugin::delete_registered_model_alias(const Context&,
                                                             const v1::plugin::AliasKey& request) {
  return change_model(Models::kAliasKey, request);
}

v1::plugin::CheckReport SamplePlugin::check() {
  return check_folder(folder_);
}

}  // namespace sample_plugin

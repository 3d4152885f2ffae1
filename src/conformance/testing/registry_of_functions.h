#pragma once

#include <functional>
#include <memory>

#include "conformance/testing/operation.h"
#include "millrace/v1/plugin/registry_store.gen.h"

namespace millrace::conformance::testing {

/// A registry store with a function for each operation, which can be exchanged one by one.
class RegistryOfFunctions : public RegistryStore {
 public:
  using Interface = RegistryStore;

  Operation<v1::RegisteredModel, v1::plugin::NewRegisteredModel> on_create_registered_model;
  Operation<v1::RegisteredModel, v1::plugin::RegisteredModelLookup> on_get_registered_model;
  Operation<v1::RegisteredModel, v1::plugin::RegisteredModelChanges> on_update_registered_model;
  Operation<v1::plugin::Done, v1::plugin::RegisteredModelLookup> on_delete_registered_model;
  Operation<v1::plugin::RegisteredModelPage, v1::plugin::RegisteredModelQuery> on_search_registered_models;
  Operation<v1::plugin::Done, v1::plugin::RegisteredModelTagWrite> on_set_registered_model_tag;
  Operation<v1::plugin::Done, v1::plugin::RegisteredModelTagKey> on_delete_registered_model_tag;
  Operation<v1::ModelVersion, v1::plugin::NewModelVersion> on_create_model_version;
  Operation<v1::ModelVersion, v1::plugin::ModelVersionLookup> on_get_model_version;
  Operation<v1::plugin::ModelVersionLocation, v1::plugin::ModelVersionKey> on_get_model_version_location;
  Operation<v1::ModelVersion, v1::plugin::ModelVersionDescription> on_update_model_version;
  Operation<v1::plugin::Done, v1::plugin::ModelVersionDeletion> on_delete_model_version;
  Operation<v1::plugin::ModelVersionPage, v1::plugin::ModelVersionQuery> on_search_model_versions;
  Operation<v1::plugin::Done, v1::plugin::ModelVersionTagWrite> on_set_model_version_tag;
  Operation<v1::plugin::Done, v1::plugin::ModelVersionTagKey> on_delete_model_version_tag;
  Operation<v1::plugin::Done, v1::plugin::AliasWrite> on_set_registered_model_alias;
  Operation<v1::plugin::Done, v1::plugin::AliasKey> on_delete_registered_model_alias;
  Operation<v1::ModelVersion, v1::plugin::StageTransition> on_transition_model_version_stage;
  Operation<v1::plugin::StoredWebhook, v1::plugin::NewWebhook> on_create_webhook;
  Operation<v1::plugin::StoredWebhook, v1::plugin::WebhookLookup> on_get_webhook;
  Operation<v1::plugin::WebhookPage, v1::plugin::WebhookQuery> on_list_webhooks;
  Operation<v1::plugin::StoredWebhook, v1::plugin::WebhookChanges> on_update_webhook;
  Operation<v1::plugin::Done, v1::plugin::WebhookDeletion> on_delete_webhook;

  /// Calls `visit(name, function, method)` for each operation.
  template <typename Visitor>
  void visit_operations(const Visitor& visit) {
    visit("create_registered_model", on_create_registered_model, &RegistryStore::create_registered_model);
    visit("get_registered_model", on_get_registered_model, &RegistryStore::get_registered_model);
    visit("update_registered_model", on_update_registered_model, &RegistryStore::update_registered_model);
    visit("delete_registered_model", on_delete_registered_model, &RegistryStore::delete_registered_model);
    visit("search_registered_models", on_search_registered_models, &RegistryStore::search_registered_models);
    visit("set_registered_model_tag", on_set_registered_model_tag, &RegistryStore::set_registered_model_tag);
    visit("delete_registered_model_tag", on_delete_registered_model_tag,
          &RegistryStore::delete_registered_model_tag);
    visit("create_model_version", on_create_model_version, &RegistryStore::create_model_version);
    visit("get_model_version", on_get_model_version, &RegistryStore::get_model_version);
    visit("get_model_version_location", on_get_model_version_location,
          &RegistryStore::get_model_version_location);
    visit("update_model_version", on_update_model_version, &RegistryStore::update_model_version);
    visit("delete_model_version", on_delete_model_version, &RegistryStore::delete_model_version);
    visit("search_model_versions", on_search_model_versions, &RegistryStore::search_model_versions);
    visit("set_model_version_tag", on_set_model_version_tag, &RegistryStore::set_model_version_tag);
    visit("delete_model_version_tag", on_delete_model_version_tag, &RegistryStore::delete_model_version_tag);
    visit("set_registered_model_alias", on_set_registered_model_alias,
          &RegistryStore::set_registered_model_alias);
    visit("delete_registered_model_alias", on_delete_registered_model_alias,
          &RegistryStore::delete_registered_model_alias);
    visit("transition_model_version_stage", on_transition_model_version_stage,
          &RegistryStore::transition_model_version_stage);
    visit("create_webhook", on_create_webhook, &RegistryStore::create_webhook);
    visit("get_webhook", on_get_webhook, &RegistryStore::get_webhook);
    visit("list_webhooks", on_list_webhooks, &RegistryStore::list_webhooks);
    visit("update_webhook", on_update_webhook, &RegistryStore::update_webhook);
    visit("delete_webhook", on_delete_webhook, &RegistryStore::delete_webhook);
  }

  v1::RegisteredModel create_registered_model(const CallContext& context,
                                              const v1::plugin::NewRegisteredModel& request) override {
    return on_create_registered_model(context, request);
  }
  v1::RegisteredModel get_registered_model(const CallContext& context,
                                           const v1::plugin::RegisteredModelLookup& request) override {
    return on_get_registered_model(context, request);
  }
  v1::RegisteredModel update_registered_model(const CallContext& context,
                                              const v1::plugin::RegisteredModelChanges& request) override {
    return on_update_registered_model(context, request);
  }
  v1::plugin::Done delete_registered_model(const CallContext& context,
                                           const v1::plugin::RegisteredModelLookup& request) override {
    return on_delete_registered_model(context, request);
  }
  v1::plugin::RegisteredModelPage search_registered_models(
      const CallContext& context, const v1::plugin::RegisteredModelQuery& request) override {
    return on_search_registered_models(context, request);
  }
  v1::plugin::Done set_registered_model_tag(const CallContext& context,
                                            const v1::plugin::RegisteredModelTagWrite& request) override {
    return on_set_registered_model_tag(context, request);
  }
  v1::plugin::Done delete_registered_model_tag(const CallContext& context,
                                               const v1::plugin::RegisteredModelTagKey& request) override {
    return on_delete_registered_model_tag(context, request);
  }
  v1::ModelVersion create_model_version(const CallContext& context,
                                        const v1::plugin::NewModelVersion& request) override {
    return on_create_model_version(context, request);
  }
  v1::ModelVersion get_model_version(const CallContext& context,
                                     const v1::plugin::ModelVersionLookup& request) override {
    return on_get_model_version(context, request);
  }
  v1::plugin::ModelVersionLocation get_model_version_location(
      const CallContext& context, const v1::plugin::ModelVersionKey& request) override {
    return on_get_model_version_location(context, request);
  }
  v1::ModelVersion update_model_version(const CallContext& context,
                                        const v1::plugin::ModelVersionDescription& request) override {
    return on_update_model_version(context, request);
  }
  v1::plugin::Done delete_model_version(const CallContext& context,
                                        const v1::plugin::ModelVersionDeletion& request) override {
    return on_delete_model_version(context, request);
  }
  v1::plugin::ModelVersionPage search_model_versions(const CallContext& context,
                                                     const v1::plugin::ModelVersionQuery& request) override {
    return on_search_model_versions(context, request);
  }
  v1::plugin::Done set_model_version_tag(const CallContext& context,
                                         const v1::plugin::ModelVersionTagWrite& request) override {
    return on_set_model_version_tag(context, request);
  }
  v1::plugin::Done delete_model_version_tag(const CallContext& context,
                                            const v1::plugin::ModelVersionTagKey& request) override {
    return on_delete_model_version_tag(context, request);
  }
  v1::plugin::Done set_registered_model_alias(const CallContext& context,
                                              const v1::plugin::AliasWrite& request) override {
    return on_set_registered_model_alias(context, request);
  }
  v1::plugin::Done delete_registered_model_alias(const CallContext& context,
                                                 const v1::plugin::AliasKey& request) override {
    return on_delete_registered_model_alias(context, request);
  }
  v1::ModelVersion transition_model_version_stage(const CallContext& context,
                                                  const v1::plugin::StageTransition& request) override {
    return on_transition_model_version_stage(context, request);
  }
  v1::plugin::StoredWebhook create_webhook(const CallContext& context,
                                           const v1::plugin::NewWebhook& request) override {
    return on_create_webhook(context, request);
  }
  v1::plugin::StoredWebhook get_webhook(const CallContext& context,
                                        const v1::plugin::WebhookLookup& request) override {
    return on_get_webhook(context, request);
  }
  v1::plugin::WebhookPage list_webhooks(const CallContext& context,
                                        const v1::plugin::WebhookQuery& request) override {
    return on_list_webhooks(context, request);
  }
  v1::plugin::StoredWebhook update_webhook(const CallContext& context,
                                           const v1::plugin::WebhookChanges& request) override {
    return on_update_webhook(context, request);
  }
  v1::plugin::Done delete_webhook(const CallContext& context,
                                  const v1::plugin::WebhookDeletion& request) override {
    return on_delete_webhook(context, request);
  }
};

}  // namespace millrace::conformance::testing

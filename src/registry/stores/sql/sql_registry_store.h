#pragma once

#include <memory>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "sql/sqlite_database.h"

namespace millrace::registry {

/// The registry store on a SQL database with MLflow's schema. All capabilities of the contract. Any thread;
/// reads run on a pool of connections, writes wait for their group's commit.
class SqlRegistryStore : public RegistryStore {
 public:
  /// On a database that other stores may use too.
  explicit SqlRegistryStore(std::shared_ptr<sql::Database> database) : database_(std::move(database)) {}
  explicit SqlRegistryStore(const sql::SqliteDatabaseOptions& options)
      : SqlRegistryStore(std::make_shared<sql::SqliteDatabase>(options)) {}

  v1::RegisteredModel create_registered_model(const CallContext&,
                                              const v1::plugin::NewRegisteredModel&) override;
  v1::RegisteredModel get_registered_model(const CallContext&,
                                           const v1::plugin::RegisteredModelLookup&) override;
  v1::RegisteredModel update_registered_model(const CallContext&,
                                              const v1::plugin::RegisteredModelChanges&) override;
  v1::plugin::Done delete_registered_model(const CallContext&,
                                           const v1::plugin::RegisteredModelLookup&) override;
  v1::plugin::RegisteredModelPage search_registered_models(const CallContext&,
                                                           const v1::plugin::RegisteredModelQuery&) override;
  v1::plugin::Done set_registered_model_tag(const CallContext&,
                                            const v1::plugin::RegisteredModelTagWrite&) override;
  v1::plugin::Done delete_registered_model_tag(const CallContext&,
                                               const v1::plugin::RegisteredModelTagKey&) override;

  v1::ModelVersion create_model_version(const CallContext&, const v1::plugin::NewModelVersion&) override;
  v1::ModelVersion get_model_version(const CallContext&, const v1::plugin::ModelVersionLookup&) override;
  v1::plugin::ModelVersionLocation get_model_version_location(const CallContext&,
                                                              const v1::plugin::ModelVersionKey&) override;
  v1::ModelVersion update_model_version(const CallContext&,
                                        const v1::plugin::ModelVersionDescription&) override;
  v1::plugin::Done delete_model_version(const CallContext&, const v1::plugin::ModelVersionDeletion&) override;
  v1::plugin::ModelVersionPage search_model_versions(const CallContext&,
                                                     const v1::plugin::ModelVersionQuery&) override;
  v1::plugin::Done set_model_version_tag(const CallContext&,
                                         const v1::plugin::ModelVersionTagWrite&) override;
  v1::plugin::Done delete_model_version_tag(const CallContext&,
                                            const v1::plugin::ModelVersionTagKey&) override;
  v1::ModelVersion transition_model_version_stage(const CallContext&,
                                                  const v1::plugin::StageTransition&) override;

  v1::plugin::Done set_registered_model_alias(const CallContext&, const v1::plugin::AliasWrite&) override;
  v1::plugin::Done delete_registered_model_alias(const CallContext&, const v1::plugin::AliasKey&) override;

  v1::plugin::StoredWebhook create_webhook(const CallContext&, const v1::plugin::NewWebhook&) override;
  v1::plugin::StoredWebhook get_webhook(const CallContext&, const v1::plugin::WebhookLookup&) override;
  v1::plugin::WebhookPage list_webhooks(const CallContext&, const v1::plugin::WebhookQuery&) override;
  v1::plugin::StoredWebhook update_webhook(const CallContext&, const v1::plugin::WebhookChanges&) override;
  v1::plugin::Done delete_webhook(const CallContext&, const v1::plugin::WebhookDeletion&) override;

 private:
  std::shared_ptr<sql::Database> database_;
};

}  // namespace millrace::registry

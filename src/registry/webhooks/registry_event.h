#pragma once

#include <optional>
#include <string>

#include "millrace/v1/registered_models.pb.h"
#include "millrace/v1/webhooks.pb.h"

namespace millrace::registry {

/// Something that was done in the registry and is durable.
struct RegistryEvent {
  enum class Owner { kModel, kPrompt, kUnknown };

  std::string name;                          ///< of the registered model or prompt that it was done to
  Owner owner = Owner::kUnknown;             ///< unknown: the store has to be asked
  std::optional<v1::WebhookEvent> of_model;  ///< what it is when that is a model; none: nobody is told then
  std::optional<v1::WebhookEvent> of_prompt;
  std::string data;  ///< the JSON object that receivers get
};

/// Who wants to know. Any thread; neither waits nor throws, since a request is being answered.
class RegistryListener {
 public:
  virtual ~RegistryListener() = default;
  virtual void happened(RegistryEvent event) noexcept = 0;
};

RegistryEvent model_created(const v1::CreateRegisteredModelRequest& request);
RegistryEvent model_tag_set(const v1::SetRegisteredModelTagRequest& request);
RegistryEvent model_tag_deleted(const v1::DeleteRegisteredModelTagRequest& request);
RegistryEvent alias_set(const v1::SetRegisteredModelAliasRequest& request);
RegistryEvent alias_deleted(const v1::DeleteRegisteredModelAliasRequest& request);
/// `made` with its source and run, which may come from what the request's source leads to.
RegistryEvent version_created(const v1::CreateModelVersionRequest& request, const v1::ModelVersion& made);
RegistryEvent version_tag_set(const v1::SetModelVersionTagRequest& request);
RegistryEvent version_tag_deleted(const v1::DeleteModelVersionTagRequest& request);

/// The data of an event that did not happen, to try a receiver with: what the reference sends.
std::string example_data(const v1::WebhookEvent& event);

}  // namespace millrace::registry

#include <chrono>
#include <filesystem>
#include <thread>

#include "conformance/testing/built_in.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Registry = RegistryOfFunctions;
using v1::plugin::AliasWrite;
using v1::plugin::Done;
using v1::plugin::ModelVersionTagWrite;
using v1::plugin::NewModelVersion;
using v1::plugin::NewRegisteredModel;
using v1::plugin::RegisteredModelTagWrite;

// Creating a model with a name that is taken answers the one that is there.
void share_model_names(Registry& registry) {
  instead(registry.on_create_registered_model,
          [&registry](const auto& next, const CallContext& context, const NewRegisteredModel& model) {
            try {
              return next(context, model);
            } catch (const Error& error) {
              if (error.code() != ErrorCode::kResourceAlreadyExists) throw;
              v1::plugin::RegisteredModelLookup lookup;
              lookup.set_name(model.name());
              return registry.on_get_registered_model(context, lookup);
            }
          });
}

// Acknowledges and keeps nothing, as a cache that is never written back.
void keep_versions_in_memory(Registry& registry) {
  registry.on_create_model_version = [](const auto&, const NewModelVersion& version) {
    v1::ModelVersion made;
    made.set_name(version.name());
    made.set_version("1");
    return made;
  };
}

// Keeps the version now and its tags a moment later.
void write_tags_later(Registry& registry) {
  instead(registry.on_create_model_version,
          [&registry](const auto& next, const CallContext& context, const NewModelVersion& version) {
            NewModelVersion bare = version;
            bare.clear_tags();
            v1::ModelVersion made = next(context, bare);
            for (const auto& tag : version.tags()) {
              std::this_thread::sleep_for(std::chrono::milliseconds(10));
              v1::plugin::ModelVersionTagWrite write;
              write.set_name(version.name());
              write.set_version(std::stoll(made.version()));
              write.set_key(tag.key());
              write.set_value(tag.value());
              registry.on_set_model_version_tag(context, write);
            }
            return made;
          });
}

// Takes every 20th call for done without doing it.
template <typename Result, typename Request>
void lose_some(Operation<Result, Request>& operation) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  instead(operation, [count](const auto& next, const CallContext& context, const Request& request) {
    return ++*count % 20 == 0 ? Result() : next(context, request);
  });
}

// An alias that moves leaves itself where it was, under another name.
void keep_old_aliases(Registry& registry) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  before(registry.on_set_registered_model_alias,
         [count](AliasWrite& write) { write.set_alias(write.alias() + std::to_string(++*count)); });
}

void archive_before_looking(Registry& registry) {
  instead(
      registry.on_transition_model_version_stage,
      [&registry](const auto& next, const CallContext& context, const v1::plugin::StageTransition& request) {
        v1::plugin::RegisteredModelLookup lookup;
        lookup.set_name(request.name());
        const v1::RegisteredModel model = registry.on_get_registered_model(context, lookup);
        for (const auto& version : model.latest_versions()) {
          if (!request.archive_existing() || version.current_stage() != request.stage()) continue;
          v1::plugin::StageTransition archival = request;
          archival.set_version(std::stoll(version.version()));
          archival.set_stage("Archived");
          archival.set_archive_existing(false);
          next(context, archival);
        }
        return next(context, request);
      });
}

// The alias stays with the model when its version goes.
void keep_aliases_of_deleted_versions(Registry& registry) {
  const auto deleted = std::make_shared<std::atomic<bool>>(false);
  before(registry.on_delete_model_version, [deleted](const auto&) { *deleted = true; });
  after(registry.on_get_registered_model, [deleted](v1::RegisteredModel& model, const auto&) {
    if (*deleted) model.add_aliases()->set_alias("best");
  });
}

void stay_locked(Registry& registry, const std::string& folder) {
  if (!was_locked(folder)) return;
  before(registry.on_create_model_version, [](const auto&) {
    throw Error(ErrorCode::kTemporarilyUnavailable, "another process has the registry");
  });
}

// When the data cannot be opened, an empty registry comes in its place.
std::shared_ptr<RegistryStore> open_any(const std::string& folder) {
  try {
    return open_sqlite_registry(folder);
  } catch (const Error&) {
    std::filesystem::create_directory(folder + "-empty");
    return open_sqlite_registry(folder + "-empty");
  }
}

std::vector<RegistryDefect> defects_of_models() {
  return {
      {"models keep what they were made with",
       [](Registry& registry, auto&) {
         before(registry.on_create_registered_model,
                [](NewRegisteredModel& model) { model.set_description(without_emoji(model.description())); });
       }},
      {"names of models are unique", [](Registry& registry, auto&) { share_model_names(registry); }},
      {"a new name takes versions, tags and aliases along",
       [](Registry& registry, auto&) {
         after(registry.on_get_registered_model, [](v1::RegisteredModel& model, const auto&) {
           if (model.name() == "new") model.clear_tags();
         });
       }},
      {"deleting a model takes versions, tags and aliases along",
       [](Registry& registry, auto&) {
         hide_error(registry.on_delete_registered_model, ErrorCode::kResourceDoesNotExist,
                    [] { return Done(); });
       }},
      {"tags replace and go",
       [](Registry& registry, auto&) {
         registry.on_delete_registered_model_tag = [](const auto&, const auto&) { return Done(); };
       }},
      {"a tag of a version keeps 100,000 characters",
       [](Registry& registry, auto&) {
         before(registry.on_set_model_version_tag,
                [](ModelVersionTagWrite& tag) { tag.set_value(tag.value().substr(0, 65'535)); });
       }},
  };
}

std::vector<RegistryDefect> defects_of_versions() {
  return {
      {"versions are numbered and keep what they were made with",
       [](Registry& registry, auto&) {
         before(registry.on_create_model_version,
                [](NewModelVersion& version) { version.set_storage_location(version.source()); });
       }},
      {"numbers of deleted versions are not given again",
       [](Registry& registry, auto&) {
         hide_error(registry.on_delete_model_version, ErrorCode::kResourceDoesNotExist,
                    [] { return Done(); });
       }},
      {"descriptions of versions are set and taken away",
       [](Registry& registry, auto&) {
         before(registry.on_update_model_version, [](auto& change) {
           if (!change.has_description()) change.set_description("");
         });
       }},
      {"an alias points to one version", [](Registry& registry, auto&) { keep_old_aliases(registry); }},
      {"aliases never point to nothing",
       [](Registry& registry, auto&) { keep_aliases_of_deleted_versions(registry); }},
      {"stages make room", [](Registry& registry, auto&) { archive_before_looking(registry); }},
      {"stages are there if declared, and only then",
       [](Registry& registry, auto&) {
         before(registry.on_transition_model_version_stage,
                [](const auto&) { throw Error(ErrorCode::kNotImplemented, "what are stages?"); });
       }},
  };
}

std::vector<RegistryDefect> defects_of_searches() {
  return {
      {"filters select models",
       [](Registry& registry, auto&) {
         before(registry.on_search_registered_models, [](auto& query) {
           if (!query.filter().has_comparison()) return;
           auto& comparison = *query.mutable_filter()->mutable_comparison();
           if (comparison.comparator() == v1::COMPARATOR_LIKE)
             comparison.set_comparator(v1::COMPARATOR_ILIKE);
         });
       }},
      {"filters select versions",
       [](Registry& registry, auto&) {
         before(registry.on_search_model_versions, [](auto& query) { query.clear_filter(); });
       }},
      {"orders sort",
       [](Registry& registry, auto&) {
         before(registry.on_search_registered_models,
                [](auto& query) { query.mutable_order_by(0)->set_descending(false); });
       }},
      {"pages cover all models and versions once",
       [](Registry& registry, auto&) { repeat_entries(registry.on_search_model_versions); }},
  };
}

std::vector<RegistryDefect> defects_under_stress() {
  return {
      {"a write on a full disk is refused",
       [](Registry& registry, auto&) {
         hide_errors(registry.on_set_registered_model_tag, [] { return Done(); });
       }},
      {"a full disk loses nothing that was acknowledged",
       [](Registry& registry, auto&) { keep_versions_in_memory(registry); }},
      {"a registry takes writes again once there is space",
       [](Registry& registry, auto&) { break_for_good(registry.on_create_model_version); }},
      {"a registry that may not see its data answers an error", nullptr, open_any},
      {"one of 16 creators of a model wins", [](Registry& registry, auto&) { share_model_names(registry); }},
      {"16 creators of versions get numbers of their own",
       [](Registry& registry, auto&) { lose_some(registry.on_create_model_version); }},
      {"16 writers of tags lose none",
       [](Registry& registry, auto&) { lose_some(registry.on_set_registered_model_tag); }},
      {"16 writers of an alias leave it with one version",
       [](Registry& registry, auto&) { keep_old_aliases(registry); }},
      {"10,000 calls leave memory as it was",
       [](Registry& registry, auto&) {
         before(registry.on_get_registered_model, [](const auto&) { leak_memory(); });
       }},
      {"1,000 calls leave no descriptor open",
       [](Registry& registry, auto&) {
         before(registry.on_get_registered_model, [](const auto&) { leak_descriptor(); });
       }},
      {"versions that were acknowledged survive SIGKILL",
       [](Registry& registry, auto&) { keep_versions_in_memory(registry); }},
      {"a version that SIGKILL interrupts is kept with its tags or not at all",
       [](Registry& registry, auto&) { write_tags_later(registry); }},
      {"a killed registry takes writes again", stay_locked},
  };
}

}  // namespace

std::vector<RegistryDefect> registry_defects() {
  std::vector<RegistryDefect> all;
  for (auto* part :
       {defects_of_models, defects_of_versions, defects_of_searches, webhook_defects, defects_under_stress}) {
    for (RegistryDefect& defect : part()) all.push_back(std::move(defect));
  }
  return all;
}

}  // namespace millrace::conformance::testing

#pragma once

#include <string>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "registry/rules/model_uri.h"
#include "registry/settings.h"

namespace millrace::registry {

/// Where a new version comes from, checked and with references followed.
struct VersionSource {
  std::string source;            ///< as it is kept
  std::string storage_location;  ///< where the artifacts are
  std::string run_id;
  std::string model_id;  ///< logged model that becomes the version
};

/// Which sources a model version may have: a place that the server can reach only on the caller's word must
/// belong to the run or logged model that the caller names. Any thread; the stores must outlive it.
class SourceRules {
 public:
  SourceRules(RegistryStore& registry, TrackingStore& tracking, RegistrySettings settings)
      : registry_(registry), tracking_(tracking), settings_(std::move(settings)) {}

  /// Throws INVALID_PARAMETER_VALUE for a source that must not be used, and what the stores throw for runs
  /// and models that are not there.
  VersionSource checked(const CallContext& context, const v1::CreateModelVersionRequest& request) const;

 private:
  void check_host(const std::string& source) const;
  void follow_version(const CallContext& context, const v1::CreateModelVersionRequest& request,
                      VersionSource& source) const;
  v1::ModelVersion version_of(const CallContext& context, const ModelUri& uri) const;
  void check_source_of_run(const CallContext& context, const VersionSource& source) const;
  void check_source_of_model(const CallContext& context, const VersionSource& source) const;
  void set_location(const CallContext& context, VersionSource& source) const;
  std::string artifacts_of_run(const CallContext& context, const VersionSource& source) const;
  v1::LoggedModel logged_model(const CallContext& context, const std::string& id) const;

  RegistryStore& registry_;
  TrackingStore& tracking_;
  RegistrySettings settings_;
};

}  // namespace millrace::registry

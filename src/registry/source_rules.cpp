#include "registry/source_rules.h"

#include <algorithm>

#include "base/error.h"
#include "base/uri.h"
#include "registry/latest_versions.h"
#include "registry/rules/names.h"
#include "registry/rules/prompts.h"
#include "registry/rules/source_paths.h"
#include "registry/rules/stages.h"

namespace millrace::registry {
namespace {

std::string start(const std::string& source) {
  return "Invalid model version source: '" + source + "'. ";
}

[[noreturn]] void refuse(const std::string& source, const char* parameter) {
  throw_invalid_parameter(start(source) + "The " + parameter +
                          " request parameter must identify the resource that contains the source.");
}

[[noreturn]] void refuse_local(const std::string& source, const std::string& parameter) {
  throw_invalid_parameter(
      start(source) + "To use a local path as a model version source, the " + parameter +
      " request parameter has to be specified and the local path has to be contained within "
      "the artifact directory of what it names.");
}

// Prompts have no artifacts; clients send one of these where the API wants a source.
bool is_placeholder(const std::string& source) {
  return source == "dummy-source" || source == "prompt-template";
}

bool is_models_uri(const std::string& source) {
  return lower_case(parse_uri(source).scheme) == "models";
}

ModelUri parsed(const std::string& source) {
  const auto uri = parse_model_uri(source);
  if (!uri || !parse_uri(source).authority.empty()) refuse(source, "model_id");
  return *uri;
}

// Runs and models that are not there are told as sources that are wrong: the caller asked for no run or
// model.
template <typename Find>
auto found_or_refused(const std::string& source, const char* parameter, Find find) {
  try {
    return find();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kResourceDoesNotExist) throw;
    refuse(source, parameter);
  }
}

}  // namespace

VersionSource SourceRules::checked(const CallContext& context,
                                   const v1::CreateModelVersionRequest& request) const {
  VersionSource source{request.source(), request.source(), request.run_id(), request.model_id()};
  const bool prompt = says_prompt(request.tags());
  if (prompt && !is_placeholder(source.source)) {
    throw_invalid_parameter("Invalid prompt source: '" + source.source +
                            "'. Prompt sources must use an MLflow placeholder.");
  }
  check_host(source.source);
  if (prompt) return source;
  if (is_models_uri(source.source)) follow_version(context, request, source);
  if (source.model_id.empty()) {
    check_source_of_run(context, source);
  } else {
    check_source_of_model(context, source);
  }
  set_location(context, source);
  return source;
}

void SourceRules::check_host(const std::string& source) const {
  const auto scheme = foreign_host_scheme(source, settings_.trusted_uris);
  const auto& allowed = settings_.allowed_host_schemes;
  if (!scheme || std::find(allowed.begin(), allowed.end(), *scheme) != allowed.end()) return;
  throw_invalid_parameter(
      "'source' cannot use the '" + *scheme +
      "' scheme: it would make the server connect to a host that the URI names and that is not its "
      "artifact storage. Set MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES on the server to allow "
      "it.");
}

// A version as the source: the new one names it by number, and takes its run unless another was given.
void SourceRules::follow_version(const CallContext& context, const v1::CreateModelVersionRequest& request,
                                 VersionSource& source) const {
  if (!parse_uri(source.source).authority.empty())
    throw_invalid_parameter(start(source.source) +
                            "Registered model sources must use the active model registry.");
  const ModelUri uri = parsed(source.source);
  if (!uri.model_id.empty()) return;
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(uri.name);
  if (says_prompt(registry_.get_registered_model(context, lookup).tags())) {
    throw_invalid_parameter(start(source.source) +
                            "Prompt versions cannot be used as model version sources.");
  }
  const v1::ModelVersion version = version_of(context, uri);
  const bool other_run = request.has_run_id() && request.run_id() != version.run_id();
  if (other_run || !request.model_id().empty()) {
    throw_invalid_parameter(
        start(source.source) +
        "The run_id and model_id request parameters must match the referenced model version.");
  }
  source.source = "models:/" + uri.name + "/" + version.version();
  source.run_id = version.run_id();
}

v1::ModelVersion SourceRules::version_of(const CallContext& context, const ModelUri& uri) const {
  v1::plugin::ModelVersionLookup lookup;
  lookup.set_name(uri.name);
  if (!uri.version.empty()) {
    lookup.set_version(version_number(uri.name, uri.version));
    return registry_.get_model_version(context, lookup);
  }
  if (!uri.alias.empty() && !is_latest(uri.alias)) {
    lookup.set_alias(uri.alias);
    return registry_.get_model_version(context, lookup);
  }
  return latest_version(registry_, context, uri.name, uri.stage.empty() ? "" : canonical_stage(uri.stage));
}

void SourceRules::check_source_of_run(const CallContext& context, const VersionSource& source) const {
  const std::string& uri = source.source;
  if (is_local_source(uri)) {
    if (source.run_id.empty()) refuse_local(uri, "run_id");
    const std::string root = artifacts_of_run(context, source);
    if (!is_local_source(root) || !is_local_path_within(uri, root)) refuse_local(uri, "run_id");
    return;
  }
  check_absolute_path(uri);
  const Uri parts = parse_uri(uri);
  if (lower_case(parts.scheme) == "runs") {
    if (!parts.authority.empty() || source.run_id.empty() || run_of_uri(uri) != source.run_id)
      refuse(uri, "run_id");
  } else if (is_models_uri(uri)) {
    if (!parsed(uri).model_id.empty()) refuse(uri, "model_id");
  } else if (is_proxied_source(uri)) {
    if (source.run_id.empty() || !is_uri_within(uri, artifacts_of_run(context, source)))
      refuse(uri, "run_id");
  }
}

void SourceRules::check_source_of_model(const CallContext& context, const VersionSource& source) const {
  const std::string& uri = source.source;
  const auto root = [&] {
    return found_or_refused(uri, "model_id", [&] { return logged_model(context, source.model_id); })
        .info()
        .artifact_uri();
  };
  if (is_local_source(uri)) {
    const std::string artifacts = root();
    if (!is_local_source(artifacts) || !is_local_path_within(uri, artifacts)) refuse_local(uri, "model_id");
    return;
  }
  check_absolute_path(uri);
  if (is_models_uri(uri)) {
    const ModelUri model = parsed(uri);
    if (!model.model_id.empty() && model.model_id != source.model_id) refuse(uri, "model_id");
  } else if (lower_case(parse_uri(uri).scheme) == "runs" ||
             (is_proxied_source(uri) && !is_uri_within(uri, root()))) {
    refuse(uri, "model_id");
  }
}

// Follows models:/ URIs to the artifacts, and a logged model to the run that made it.
void SourceRules::set_location(const CallContext& context, VersionSource& source) const {
  if (is_models_uri(source.source) && source.model_id.empty()) {
    const ModelUri uri = parsed(source.source);
    v1::plugin::ModelVersionKey key;
    key.set_name(uri.name);
    key.set_version(version_number(uri.name, uri.version));
    source.storage_location = registry_.get_model_version_location(context, key).storage_location();
  }
  if (source.model_id.empty()) return;
  const v1::LoggedModel model = logged_model(context, source.model_id);
  if (is_models_uri(source.source)) source.storage_location = model.info().artifact_uri();
  if (source.run_id.empty()) source.run_id = model.info().source_run_id();
}

std::string SourceRules::artifacts_of_run(const CallContext& context, const VersionSource& source) const {
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(source.run_id);
  lookup.set_info_only(true);
  return found_or_refused(source.source, "run_id", [&] { return tracking_.get_run(context, lookup); })
      .info()
      .artifact_uri();
}

v1::LoggedModel SourceRules::logged_model(const CallContext& context, const std::string& id) const {
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(id);
  return tracking_.get_logged_model(context, lookup);
}

}  // namespace millrace::registry

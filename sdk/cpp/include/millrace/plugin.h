#pragma once

/// What authors of Millrace plugins include. A plugin is one or more classes that implement the interfaces of
/// their kinds (TrackingStore, ArtifactRepository, RequestAuth ... in namespace millrace, declared from the
/// contract) and one registration:
///
///     class Shelf : public millrace::ArtifactRepository { ... };
///
///     MILLRACE_PLUGIN(plugin) {
///       plugin.provide<millrace::ArtifactRepository>("shelf", [](const millrace::PluginOptions& options) {
///         return std::make_shared<Shelf>(options.uri());
///       });
///     }
///
/// The same source becomes a program that Millrace starts as a child process, or a shared library that it
/// loads (CMake: millrace_add_plugin). Methods are called from many threads at once. Faults are thrown as
/// millrace::Error; other exceptions become INTERNAL_ERROR and their text goes to the log only.
///
/// This declares all kinds. Who includes millrace/registration.h and the header of a kind instead, as
/// millrace/v1/plugin/artifact_repository.gen.h, compiles in half the time.

#include "millrace/registration.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"
#include "millrace/v1/plugin/dataset_source.gen.h"
#include "millrace/v1/plugin/default_experiment.gen.h"
#include "millrace/v1/plugin/deployment_target.gen.h"
#include "millrace/v1/plugin/model_evaluator.gen.h"
#include "millrace/v1/plugin/project_backend.gen.h"
#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/request_auth.gen.h"
#include "millrace/v1/plugin/request_header.gen.h"
#include "millrace/v1/plugin/run_context.gen.h"
#include "millrace/v1/plugin/server_app.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

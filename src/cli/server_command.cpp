#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "cli/commands.h"
#include "server/settings.h"
#include "server/tracking_server.h"
#include "server/version.h"

namespace millrace::cli {
namespace {

// What the flags say, before it becomes settings.
struct Flags {
  server::Settings settings;
  std::string allowed_hosts;
  std::string allowed_origins;
  std::string log_format = "text";
  std::string log_level = "info";
  std::string expose_prometheus;
  std::string ignored;
  bool disable_guard = false;
  bool no_access_log = false;
  int workers = 0;
};

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> items;
  std::stringstream stream(text);
  for (std::string item; std::getline(stream, item, ',');) {
    const size_t first = item.find_first_not_of(' ');
    if (first != std::string::npos)
      items.push_back(item.substr(first, item.find_last_not_of(' ') - first + 1));
  }
  return items;
}

void add_storage_flags(CLI::App& command, Flags& flags) {
  server::Settings& settings = flags.settings;
  command
      .add_option(
          "--backend-store-uri", settings.backend_store_uri,
          "Where experiments and runs are kept: sqlite:///path/to/file.db, "
          "postgresql://user:password@host/database, mysql://user:password@host/database, "
          "mssql+pyodbc://user:password@host/database?driver=..., or a folder of MLflow as in ./mlruns")
      ->envname("MLFLOW_BACKEND_STORE_URI")
      ->capture_default_str();
  command
      .add_option("--registry-store-uri", settings.registry_store_uri,
                  "Where registered models are kept; default: the backend store")
      ->envname("MLFLOW_REGISTRY_STORE_URI");
  command
      .add_option("--default-artifact-root", settings.default_artifact_root,
                  "Where artifacts of new experiments go; default: mlflow-artifacts:/ when artifacts are "
                  "served, else ./mlruns")
      ->envname("MLFLOW_DEFAULT_ARTIFACT_ROOT");
  command
      .add_option("--artifacts-destination", settings.artifacts_destination,
                  "Where the artifact proxy keeps artifacts")
      ->envname("MLFLOW_ARTIFACTS_DESTINATION")
      ->capture_default_str();
  command
      .add_option("--allowed-host-addressed-artifact-schemes", settings.allowed_host_schemes,
                  "Schemes of model version sources that may name any host, as in sftp,hdfs")
      ->delimiter(',')
      ->envname("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES");
  command
      .add_flag("--read-only", settings.read_only,
                "Serve for looking only: every request that would change something is refused")
      ->envname("MILLRACE_READ_ONLY");
  command
      .add_flag("--serve-artifacts,!--no-serve-artifacts", settings.serve_artifacts,
                "Serve artifacts through this server; on by default")
      ->envname("MLFLOW_SERVE_ARTIFACTS");
  command.add_flag("--artifacts-only", settings.artifacts_only, "Serve nothing but the artifact proxy")
      ->envname("MLFLOW_ARTIFACTS_ONLY");
  command.add_flag("!--refuse-long-values", settings.truncate_long_values,
                   "Refuse params and tags over the length limits instead of cutting them");
}

void add_network_flags(CLI::App& command, Flags& flags) {
  http::ServerOptions& http = flags.settings.http;
  command.add_option("--host,-h", http.host, "Address to listen on")
      ->envname("MLFLOW_HOST")
      ->capture_default_str();
  command.add_option("--port,-p", http.port, "Port to listen on; 0 lets the system choose")
      ->envname("MLFLOW_PORT")
      ->capture_default_str();
  command
      .add_option("--static-prefix", flags.settings.static_prefix,
                  "Serve everything below this path, as behind a proxy")
      ->envname("MLFLOW_STATIC_PREFIX");
  command.add_option("--tls-cert", http.tls_certificate_file,
                     "PEM file of the certificate chain; turns TLS on together with --tls-key");
  command.add_option("--tls-key", http.tls_key_file, "PEM file of the private key");
  command
      .add_option("--max-connections", http.max_connections,
                  "Connections over this number are turned away with 503")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command.add_option("--io-threads", http.io_threads, "Threads that read and write sockets")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command
      .add_option("--worker-threads", http.worker_threads,
                  "Most threads for calls that wait for the database or a disk")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command
      .add_option("--max-body-bytes", flags.settings.body_limit,
                  "Largest body of a request that is no artifact")
      ->capture_default_str();
  command
      .add_option("--max-artifact-bytes", flags.settings.artifact_body_limit,
                  "Largest artifact that may be uploaded")
      ->capture_default_str();
}

void add_security_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("--app-name", flags.settings.app_name,
                  "The plugin (server_app) that decides who may use the server; default: everybody may")
      ->envname("MILLRACE_APP_NAME");
  command
      .add_option("--allowed-hosts", flags.allowed_hosts,
                  "Host headers that are accepted, separated by commas, '*' as wildcard; default: this "
                  "machine and private addresses")
      ->envname("MLFLOW_SERVER_ALLOWED_HOSTS");
  command
      .add_option("--cors-allowed-origins", flags.allowed_origins,
                  "Origins of other web sites that may call, separated by commas; '*' for any")
      ->envname("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS");
  command
      .add_option("--x-frame-options", flags.settings.guard.frame_options,
                  "X-Frame-Options of every answer; NONE leaves it out")
      ->envname("MLFLOW_SERVER_X_FRAME_OPTIONS")
      ->capture_default_str();
  command.add_flag("--disable-security-middleware", flags.disable_guard, "Check neither Host nor Origin")
      ->envname("MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE");
}

void add_webhook_flags(CLI::App& command, Flags& flags) {
  registry::WebhookSettings& webhooks = flags.settings.webhooks;
  command
      .add_flag(
          "--webhook-allow-private", webhooks.allow_private_addresses,
          "Let webhooks lead to this machine and private networks: for tests, and where all who may make "
          "webhooks may reach those anyhow")
      ->envname("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS");
  command
      .add_option("--webhook-allowed-schemes", webhooks.allowed_schemes,
                  "Schemes of URLs that webhooks may have, as in http,https")
      ->delimiter(',')
      ->envname("MLFLOW_WEBHOOK_ALLOWED_SCHEMES")
      ->capture_default_str();
  command
      .add_option("--webhook-timeout", webhooks.request_timeout_seconds,
                  "Seconds that a receiver has to answer a delivery")
      ->envname("MLFLOW_WEBHOOK_REQUEST_TIMEOUT")
      ->capture_default_str();
  command
      .add_option("--webhook-max-retries", webhooks.max_retries,
                  "How often a delivery is tried again that failed for a reason that may pass")
      ->envname("MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES")
      ->capture_default_str();
  command.add_option("--webhook-workers", webhooks.max_workers, "Deliveries that are under way at once")
      ->envname("MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS")
      ->capture_default_str();
  command
      .add_option("--webhook-cache-seconds", webhooks.cache_seconds,
                  "How long it may take until a webhook that another server made is told of changes here")
      ->envname("MLFLOW_WEBHOOK_CACHE_TTL")
      ->capture_default_str();
}

void add_observation_flags(CLI::App& command, Flags& flags) {
  command.add_option("--log-format", flags.log_format, "text, or json for one object a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  command.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  command.add_flag("--no-access-log", flags.no_access_log, "Do not log each request");
  command
      .add_option("--expose-prometheus", flags.expose_prometheus,
                  "Accepted for MLflow's sake: /metrics is always served and needs no directory")
      ->envname("MLFLOW_EXPOSE_PROMETHEUS");
}

// Flags of `mlflow server` that steer its Python processes. They are taken, so that scripts keep working, and
// told.
void add_ignored_flags(CLI::App& command, Flags& flags) {
  command.add_option("--workers,-w", flags.workers, "Accepted for MLflow's sake: one process serves all")
      ->envname("MLFLOW_WORKERS");
  for (const char* name : {"--gunicorn-opts", "--waitress-opts", "--uvicorn-opts"}) {
    command.add_option(name, flags.ignored, "Accepted for MLflow's sake, without effect");
  }
}

server::Settings resolve(Flags& flags) {
  server::Settings& settings = flags.settings;
  settings.guard.enabled = !flags.disable_guard;
  settings.guard.allowed_hosts = split_list(flags.allowed_hosts);
  settings.guard.allowed_origins = split_list(flags.allowed_origins);
  for (char& c : settings.guard.frame_options) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  settings.log_requests = !flags.no_access_log;
  // Not a flag: others can read those of a process, and files of settings are copied about.
  if (const char* key = std::getenv("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"))
    settings.webhooks.encryption_key = Secret(std::string_view(key));
  return settings;
}

void tell_start(const Flags& flags, const server::TrackingServer& server, Log& log) {
  const server::Settings& settings = flags.settings;
  const bool tls = !settings.http.tls_certificate_file.empty();
  const std::string url = (tls ? "https://" : "http://") + settings.http.host + ":" +
                          std::to_string(server.port()) + settings.static_prefix;
  log.write(LogLevel::kInfo, std::string("millrace ") + server::kMillraceVersion + " listens on " + url);
  if (!settings.guard.enabled)
    log.warning(
        "Host and Origin headers are not checked: any web site that a user visits can call this server.");
  if (flags.workers > 0 || !flags.ignored.empty())
    log.info("--workers and options of Python servers have no effect here.");
}

int serve(Flags& flags) {
  Log log(parse_log_format(flags.log_format), parse_log_level(flags.log_level));
  // Blocked before any thread is made, so that all of them inherit it and sigwait() below gets the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  try {
    server::TrackingServer server(resolve(flags), log);
    server.start();
    tell_start(flags, server, log);
    int received = 0;
    sigwait(&signals, &received);
    log.info("stopping: requests in flight are finished first");
    server.stop();
    return 0;
  } catch (const Error& error) {
    log.error(error.what());
    return 1;
  }
}

}  // namespace

void add_server_command(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand("server", "Run the tracking server");
  command.set_help_flag("--help", "Print this help and exit");
  command.configurable();
  const auto flags = std::make_shared<Flags>();
  const auto cores = std::thread::hardware_concurrency();
  flags->settings.http.io_threads = static_cast<int>(std::clamp(cores, 1u, 4u));
  add_storage_flags(command, *flags);
  add_network_flags(command, *flags);
  add_security_flags(command, *flags);
  add_webhook_flags(command, *flags);
  add_observation_flags(command, *flags);
  add_ignored_flags(command, *flags);
  command.add_option("--plugin-path", flags->settings.plugins.path,
                     "A folder of plugins that is searched before all others; may be given again");
  command.callback([flags, &program, &status] {
    plugin::Policy policy = plugin::read_policy(program.get_config_ptr()->as<std::string>());
    const auto& first = flags->settings.plugins.path;
    policy.path.insert(policy.path.begin(), first.begin(), first.end());
    flags->settings.plugins = std::move(policy);
    status = serve(*flags);
  });
}

}  // namespace millrace::cli

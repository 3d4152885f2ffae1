#include "server/pages.h"

#include "server/graphql/graphql.h"
#include "server/ui.h"
#include "server/version.h"
#include "wire/openapi.h"

namespace millrace::server {
namespace {

using http::RequestHead;
using http::Response;

Response text(std::string body, const char* type = "text/plain; charset=utf-8") {
  Response response;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

Response json(std::string body) {
  return text(std::move(body), "application/json");
}

void add(Application& application, const std::string& path, Response (*answer)()) {
  Page page;
  page.answer = [answer](const RequestHead&, const std::string&) { return answer(); };
  application.add_page(path, std::move(page));
}

// Keys and values as build_server_info_payload() of the reference gives them for a SQL store.
Response server_info(bool serves_parts) {
  const std::string multipart = serves_parts ? "true" : "false";
  return json(
      "{\"store_type\":\"SqlStore\",\"workspaces_enabled\":false,\"trace_archival_enabled\":false,"
      "\"multipart_uploads_enabled\":" +
      multipart +
      ",\"multipart_downloads_enabled\":false,"
      "\"presigned_upload_run_id_supported\":true,\"presigned_upload_model_id_supported\":true,"
      "\"features_enabled\":{\"gateway\":false}}");
}

Response telemetry_settings() {
  return json("{\"disable_ui_events\":[],\"disable_ui_telemetry\":true,\"ui_rollout_percentage\":0}");
}

// Telemetry of the page is taken and thrown away.
void add_telemetry(Application& application) {
  Page page;
  page.methods = "GET, POST";
  page.answer = [](const RequestHead& head, const std::string&) {
    return head.method == "POST" ? json("{\"status\":\"success\"}") : telemetry_settings();
  };
  application.add_page("/ajax-api/3.0/mlflow/ui-telemetry", page);
}

// The reference pretends an empty gateway where none is set up, and so do we.
void add_gateway(Application& application) {
  Page page;
  page.methods = "GET, POST";
  page.answer = [](const RequestHead&, const std::string&) { return json("{\"endpoints\":[]}"); };
  application.add_page("/ajax-api/2.0/mlflow/gateway-proxy", page);
}

void add_metrics(Application& application, Metrics& metrics) {
  Page page;
  page.runs_inline = false;
  page.judged_as = "Metrics";
  page.answer = [&metrics](const RequestHead&, const std::string&) {
    return text(metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
  };
  application.add_page("/metrics", page);
}

void add_health(Application& application, const HealthReport& health) {
  add(application, std::string(kHealthPath), [] { return text("OK"); });
  Page page;
  page.runs_inline = false;
  page.judged_as = "Health";
  page.answer = [&health](const RequestHead& head, const std::string&) { return health.answer(head); };
  application.add_variant(std::string(kHealthPath), asks_verbose_health, std::move(page));
}

// Each field of a query is judged as the operation that it is.
graphql::Judge judge_for(access::Policy& policy, const CallContext& context, const SharedIdentity& who) {
  if (!policy.judges()) return [](const wire::Operation&, const google::protobuf::Message&) {};
  return
      [&policy, &context, who](const wire::Operation& operation, const google::protobuf::Message& request) {
        policy.authorize(context, who == nullptr ? access::Identity() : *who,
                         access::access_request(operation, request));
      };
}

void add_graphql(Application& application, const Services& services, access::Policy& policy) {
  Page page;
  page.methods = "GET, POST";
  page.runs_inline = false;
  page.answer_for = [&services, &policy](const RequestHead& head, const std::string& body,
                                         const SharedIdentity& who) {
    CallContext context;
    context.request_id = head.request_id;
    if (who != nullptr) context.principal = who->principal;
    return json(graphql::execute(services, context, body, judge_for(policy, context, who)));
  };
  application.add_page("/graphql", page);
}

}  // namespace

void add_pages(Application& application, const Settings& settings, Metrics& metrics, const Services& services,
               access::Policy& policy, const HealthReport& health) {
  add_health(application, health);
  add(application, "/version", [] { return text(kMlflowVersion, "text/html; charset=utf-8"); });
  add(application, "/millrace/version", [] {
    return json(std::string("{\"version\":\"") + kMillraceVersion + "\",\"mlflow_version\":\"" +
                kMlflowVersion + "\"}");
  });
  add(application, "/openapi.json", [] { return json(std::string(wire::openapi_document())); });
  add_ui(application);
  for (const char* mount : {"/api", "/ajax-api"}) {
    Page page;
    const bool serves_parts = settings.serve_artifacts && settings.app_name.empty();
    page.answer = [serves_parts](const RequestHead&, const std::string&) {
      return server_info(serves_parts);
    };
    application.add_page(std::string(mount) + "/3.0/mlflow/server-info", page);
  }
  add_telemetry(application);
  add_gateway(application);
  add_metrics(application, metrics);
  add_graphql(application, services, policy);
}

}  // namespace millrace::server

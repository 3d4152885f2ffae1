#include "server/health.h"

#include "base/error.h"
#include "server/version.h"
#include "wire/json_object.h"

namespace millrace::server {
namespace {

constexpr std::chrono::seconds kPatience{5};

// Empty when the store answered, were it with a refusal of what was asked.
std::string fault_of(const std::function<void(const CallContext&)>& ask, const std::string& request_id) {
  CallContext context;
  context.request_id = request_id;
  context.deadline = CallContext::Clock::now() + kPatience;
  try {
    ask(context);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotImplemented && http_status(error.code()) >= 500) return error.what();
  }
  return "";
}

// Stores may count on an order that is total, which the services give each search.
v1::OrderBy order_by(const char* attribute) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(attribute);
  return order;
}

std::string store_json(const std::string& fault) {
  wire::JsonObject json;
  json.truth("reachable", fault.empty());
  if (!fault.empty()) json.text("error", fault);
  return json.str();
}

std::string plugin_json(const plugin::PluginHealth& health) {
  wire::JsonObject json;
  json.text("id", health.id).text("state", health.running ? "running" : "down");
  json.truth("in_process", health.in_process);
  if (!health.in_process) {
    json.number("pid", health.pid).number("restarts", std::max<int64_t>(0, health.starts - 1));
    json.number("resident_bytes", health.resident_bytes);
  }
  json.number("open_instances", health.calls.open_instances);
  json.number("calls", health.calls.calls).number("failures", health.calls.failures);
  json.number("in_flight", health.calls.in_flight);
  json.text("fault", health.fault).text("last_error", health.calls.last_error);
  return json.str();
}

}  // namespace

bool asks_verbose_health(const http::RequestHead& head) {
  std::string_view query = head.query;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::string_view name = part.substr(0, part.find('='));
    if (name == "verbose") return part != "verbose=0" && part != "verbose=false";
  }
  return false;
}

StoreFaults HealthReport::store_faults(const std::string& request_id) const {
  StoreFaults faults;
  faults.tracking = fault_of(
      [this](const CallContext& context) {
        v1::plugin::ExperimentQuery query;
        query.set_view_type(v1::ALL);
        *query.add_order_by() = order_by("experiment_id");
        query.mutable_page()->set_limit(1);
        tracking_.search_experiments(context, query);
      },
      request_id);
  faults.registry = fault_of(
      [this](const CallContext& context) {
        v1::plugin::RegisteredModelQuery query;
        *query.add_order_by() = order_by("name");
        query.mutable_page()->set_limit(1);
        registry_.search_registered_models(context, query);
      },
      request_id);
  return faults;
}

http::Response HealthReport::answer(const http::RequestHead& head) const {
  const StoreFaults faults = store_faults(head.request_id);
  std::vector<std::string> plugins;
  bool all_run = true;
  for (const plugin::PluginHealth& health : plugins_.health()) {
    all_run = all_run && health.running;
    plugins.push_back(plugin_json(health));
  }
  const bool reachable = faults.tracking.empty() && faults.registry.empty();
  wire::JsonObject stores;
  stores.json("tracking", store_json(faults.tracking)).json("registry", store_json(faults.registry));
  wire::JsonObject json;
  json.text("status", !reachable ? "unavailable" : all_run ? "ok" : "degraded");
  json.text("version", kMillraceVersion).text("mlflow_version", kMlflowVersion);
  json.json("stores", stores.str()).json("plugins", wire::json_list(plugins));
  http::Response response;
  response.status = reachable ? 200 : 503;
  response.headers.add("Cache-Control", "no-store");
  response.body = json.str();
  return response;
}

}  // namespace millrace::server

#include <google/protobuf/descriptor.h>
#include <simdjson.h>

#include <cmath>
#include <memory>
#include <set>

#include "base/error.h"
#include "server/graphql/document.h"
#include "server/graphql/graphql.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace millrace::server::graphql {
namespace {

namespace dom = simdjson::dom;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Environment {
  const Services& services;
  const CallContext& context;
  const Document& document;
};

// The names of the reference's schema, where two types are extended ones.
std::string type_name(const Message& message) {
  const std::string& name = message.GetDescriptor()->name();
  return "Mlflow" + name + (name == "Run" || name == "Metric" ? "Extension" : "");
}

// Fragments are written out, so that what follows sees fields alone. Fragments that spread each other many
// times over would grow beyond all bounds, so what is written out is counted.
std::vector<Selection> without_fragments(const Document& document, const std::vector<Selection>& selections,
                                         int depth, int& count) {
  if (depth > 10) throw_invalid_parameter("GraphQL: fragments are nested too deep or refer to themselves.");
  std::vector<Selection> result;
  for (const Selection& selection : selections) {
    if (++count > 5000) throw_invalid_parameter("GraphQL: the query has too many selections.");
    if (selection.fragment.empty()) {
      std::vector<Selection> children = without_fragments(document, selection.children, depth, count);
      result.push_back({selection.alias, selection.name, "", selection.arguments, std::move(children)});
      continue;
    }
    const auto found = document.fragments.find(selection.fragment);
    if (found == document.fragments.end()) {
      throw_invalid_parameter("GraphQL: there is no fragment '" + selection.fragment + "'.");
    }
    for (Selection& inner : without_fragments(document, found->second, depth + 1, count)) {
      result.push_back(std::move(inner));
    }
  }
  return result;
}

class ResultWriter {
 public:
  ResultWriter(const Environment& environment, std::string& out) : environment_(environment), out_(out) {}

  void write(const Message& message, const std::vector<Selection>& selections) {
    out_ += '{';
    bool first = true;
    std::set<std::string> written;
    for (const Selection& selection : selections) {
      if (!written.insert(selection.alias).second) continue;
      if (!first) out_ += ',';
      first = false;
      wire::append_json_string(selection.alias, out_);
      out_ += ':';
      write_field(message, selection);
    }
    out_ += '}';
  }

 private:
  void write_field(const Message& message, const Selection& selection) {
    if (selection.name == "__typename") return wire::append_json_string(type_name(message), out_);
    if (message.GetDescriptor()->name() == "Run" && write_run_extension(message, selection)) return;
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByCamelcaseName(selection.name);
    if (field != nullptr && field->is_repeated()) {
      write_list(message, *field, selection);
    } else if (field != nullptr && message.GetReflection()->HasField(message, field)) {
      write_value(message, *field, -1, selection);
    } else {
      out_ += "null";  // absent, or unknown to the contract, as apiError is
    }
  }

  // The schema gives runs two fields that are looked up.
  bool write_run_extension(const Message& message, const Selection& selection) {
    const v1::RunInfo& info = static_cast<const v1::Run&>(message).info();
    if (selection.name == "modelVersions") {
      write_model_versions(info.run_id(), selection);
      return true;
    }
    if (selection.name != "experiment") return false;
    v1::GetExperimentRequest request;
    request.set_experiment_id(info.experiment_id());
    const auto response =
        environment_.services.experiment_service->get_experiment(environment_.context, request);
    write(response.experiment(), selection.children);
    return true;
  }

  void write_model_versions(const std::string& run_id, const Selection& selection) {
    v1::SearchModelVersionsRequest request;
    request.set_filter("run_id = '" + run_id + "'");
    const auto response =
        environment_.services.model_version_service->search_model_versions(environment_.context, request);
    write_list(response, *response.GetDescriptor()->FindFieldByName("model_versions"), selection);
  }

  void write_list(const Message& message, const FieldDescriptor& field, const Selection& selection) {
    out_ += '[';
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      write_value(message, field, i, selection);
    }
    out_ += ']';
  }

  void write_value(const Message& message, const FieldDescriptor& field, int index,
                   const Selection& selection) {
    const auto& reflection = *message.GetReflection();
    const bool repeated = index >= 0;
    std::string scratch;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return write(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                              : reflection.GetMessage(message, &field),
                     selection.children);
      case FieldDescriptor::CPPTYPE_STRING:
        return wire::append_json_string(
            repeated ? reflection.GetRepeatedStringReference(message, &field, index, &scratch)
                     : reflection.GetStringReference(message, &field, &scratch),
            out_);
      case FieldDescriptor::CPPTYPE_INT64:  // JavaScript has no 64-bit integers, so the schema makes them
                                            // texts
        out_ += '"' + std::to_string(reflection.GetInt64(message, &field)) + '"';
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        out_ += std::to_string(reflection.GetInt32(message, &field));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += reflection.GetBool(message, &field) ? "true" : "false";
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        return wire::append_json_string(reflection.GetEnum(message, &field)->name(), out_);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return write_double(reflection.GetDouble(message, &field));
      default:
        out_ += "null";
    }
  }

  // The type Float has neither NaN nor infinities.
  void write_double(double value) {
    v1::Metric metric;
    metric.set_value(value);
    if (!std::isfinite(value)) {
      out_ += "null";
      return;
    }
    const std::string json = wire::write_json(metric);  // {"value":1.5}
    out_ += json.substr(9, json.size() - 10);
  }

  const Environment& environment_;
  std::string& out_;
};

std::string input_json(const Selection& field, const dom::element& variables) {
  for (const Argument& argument : field.arguments) {
    if (argument.name != "input") continue;
    if (!argument.is_variable) return argument.json;
    dom::element value;
    if (variables.is_object() && variables[argument.json].get(value) == simdjson::SUCCESS)
      return simdjson::minify(value);
    throw_invalid_parameter("GraphQL: the variable '" + argument.json + "' has no value.");
  }
  return "{}";
}

template <typename Request>
Request request_from(const std::string& json) {
  Request request;
  wire::read_json(json, request);
  wire::check_required(request);
  return request;
}

std::unique_ptr<Message> call(const Environment& environment, const std::string& field,
                              const std::string& input) {
  const Services& services = environment.services;
  const CallContext& context = environment.context;
  const auto kept = [](auto response) { return std::make_unique<decltype(response)>(std::move(response)); };
  if (field == "mlflowGetExperiment") {
    return kept(
        services.experiment_service->get_experiment(context, request_from<v1::GetExperimentRequest>(input)));
  }
  if (field == "mlflowGetRun")
    return kept(services.run_service->get_run(context, request_from<v1::GetRunRequest>(input)));
  if (field == "mlflowSearchRuns")
    return kept(services.run_service->search_runs(context, request_from<v1::SearchRunsRequest>(input)));
  if (field == "mlflowListArtifacts") {
    return kept(
        services.artifact_service->list_artifacts(context, request_from<v1::ListArtifactsRequest>(input)));
  }
  if (field == "mlflowGetMetricHistoryBulkInterval") {
    return kept(services.metric_service->get_metric_history_bulk_interval(
        context, request_from<v1::GetMetricHistoryBulkIntervalRequest>(input)));
  }
  if (field == "mlflowSearchModelVersions") {
    return kept(services.model_version_service->search_model_versions(
        context, request_from<v1::SearchModelVersionsRequest>(input)));
  }
  throw_invalid_parameter("GraphQL: Cannot query field '" + field + "' on type 'Query'.");
}

void append_error(const Error& error, const std::string& path, std::string& errors) {
  errors += errors.empty() ? "{\"message\":" : ",{\"message\":";
  wire::append_json_string(error.what(), errors);
  if (!path.empty()) {
    errors += ",\"path\":[";
    wire::append_json_string(path, errors);
    errors += ']';
  }
  errors += ",\"extensions\":{\"code\":";
  wire::append_json_string(error_code_name(error.code()), errors);
  errors += "}}";
}

// A field that fails is null and told among the errors; the others are answered all the same.
std::string run_query(const Environment& environment, const dom::element& variables) {
  std::string data = "{";
  std::string errors;
  int count = 0;
  const auto fields = without_fragments(environment.document, environment.document.operation, 0, count);
  for (const Selection& field : fields) {
    if (data.size() > 1) data += ',';
    wire::append_json_string(field.alias, data);
    data += ':';
    std::string result;
    try {
      if (field.name == "__typename") {
        result = "\"Query\"";
      } else {
        ResultWriter(environment, result)
            .write(*call(environment, field.name, input_json(field, variables)), field.children);
      }
    } catch (const Error& error) {
      result = "null";
      append_error(error, field.alias, errors);
    }
    data += result;
  }
  return "{\"data\":" + data + "}" + (errors.empty() ? "" : ",\"errors\":[" + errors + "]") + "}";
}

std::string execute_body(const Services& services, const CallContext& context, std::string_view body) {
  dom::parser parser;
  dom::element request;
  std::string_view query;
  if (parser.parse(body.data(), body.size()).get(request) != simdjson::SUCCESS || !request.is_object() ||
      request["query"].get(query) != simdjson::SUCCESS) {
    throw_invalid_parameter("GraphQL: the body must be a JSON object with a member 'query'.");
  }
  const Document document = parse_document(query);
  dom::element variables;
  dom::parser no_variables;
  if (request["variables"].get(variables) != simdjson::SUCCESS) {
    variables = no_variables.parse(std::string("{}")).value();
  }
  return run_query({services, context, document}, variables);
}

}  // namespace

std::string execute(const Services& services, const CallContext& context, std::string_view body) {
  try {
    return execute_body(services, context, body);
  } catch (const Error& error) {
    std::string errors;
    append_error(error, "", errors);
    return "{\"data\":null,\"errors\":[" + errors + "]}";
  }
}

}  // namespace millrace::server::graphql

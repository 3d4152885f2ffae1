#include <google/protobuf/descriptor.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>

#include "base/error.h"
#include "millrace/v1/experiments.pb.h"
#include "millrace/v1/metrics.pb.h"
#include "millrace/v1/registered_models.pb.h"
#include "millrace/v1/runs.pb.h"
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
  const Judge& judge;
};

// The operations of the contract that the schema has as fields: "mlflowGetRun" is GetRun.
constexpr std::string_view kFieldPrefix = "mlflow";
constexpr std::array<std::string_view, 6> kFields{"GetExperiment",       "GetRun",
                                                  "SearchRuns",          "ListArtifacts",
                                                  "SearchModelVersions", "GetMetricHistoryBulkInterval"};

const wire::Operation& operation_named(std::string_view name) {
  const auto& operations = wire::operations();
  return *std::find_if(operations.begin(), operations.end(),
                       [name](const wire::Operation& operation) { return operation.name == name; });
}

std::unique_ptr<Message> call(const Environment& environment, const wire::Operation& operation,
                              const Message& request) {
  environment.judge(operation, request);
  return operation.call(environment.services, environment.context, request);
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
  ResultWriter(const Environment& environment, std::string& out, std::string& errors)
      : environment_(environment), out_(out), errors_(errors) {}

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

  // The schema gives runs two fields that are looked up. Who may not see one of them sees the rest.
  bool write_run_extension(const Message& message, const Selection& selection) {
    if (selection.name != "modelVersions" && selection.name != "experiment") return false;
    const v1::RunInfo& info = static_cast<const v1::Run&>(message).info();
    std::unique_ptr<Message> found;
    try {
      found = selection.name == "experiment" ? experiment(info) : model_versions(info);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kPermissionDenied) throw;
      append_error(error, selection.alias, errors_);
      out_ += "null";
      return true;
    }
    if (selection.name == "experiment") {
      write(static_cast<const v1::GetExperimentResponse&>(*found).experiment(), selection.children);
    } else {
      write_list(*found, *found->GetDescriptor()->FindFieldByName("model_versions"), selection);
    }
    return true;
  }

  std::unique_ptr<Message> experiment(const v1::RunInfo& info) {
    v1::GetExperimentRequest request;
    request.set_experiment_id(info.experiment_id());
    return call(environment_, operation_named("GetExperiment"), request);
  }

  std::unique_ptr<Message> model_versions(const v1::RunInfo& info) {
    v1::SearchModelVersionsRequest request;
    request.set_filter("run_id = '" + info.run_id() + "'");
    return call(environment_, operation_named("SearchModelVersions"), request);
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
  std::string& errors_;
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

std::unique_ptr<Message> call_field(const Environment& environment, std::string_view field,
                                    const std::string& input) {
  const std::string_view name =
      field.starts_with(kFieldPrefix) ? field.substr(kFieldPrefix.size()) : std::string_view();
  if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
    throw_invalid_parameter("GraphQL: Cannot query field '" + std::string(field) + "' on type 'Query'.");
  }
  const wire::Operation& operation = operation_named(name);
  const std::unique_ptr<Message> request(operation.request->New());
  wire::read_json(input, *request);
  wire::check_required(*request);
  return call(environment, operation, *request);
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
        ResultWriter(environment, result, errors)
            .write(*call_field(environment, field.name, input_json(field, variables)), field.children);
      }
    } catch (const Error& error) {
      result = "null";
      append_error(error, field.alias, errors);
    }
    data += result;
  }
  return "{\"data\":" + data + "}" + (errors.empty() ? "" : ",\"errors\":[" + errors + "]") + "}";
}

std::string execute_body(const Services& services, const CallContext& context, std::string_view body,
                         const Judge& judge) {
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
  return run_query({services, context, document, judge}, variables);
}

}  // namespace

std::string execute(const Services& services, const CallContext& context, std::string_view body,
                    const Judge& judge) {
  try {
    return execute_body(services, context, body, judge);
  } catch (const Error& error) {
    std::string errors;
    append_error(error, "", errors);
    return "{\"data\":null,\"errors\":[" + errors + "]}";
  }
}

}  // namespace millrace::server::graphql

#include "deployment_target.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "files.h"

namespace sample_plugin {
namespace {

using namespace millrace;
using v1::plugin::Deployment;
namespace fs = std::filesystem;

constexpr const char* kExtension = ".deployment";
constexpr size_t kLongestName = 120;  // bytes; two digits each make a file name

void require_model(const std::string& folder) {
  std::error_code fault;
  if (!fs::is_directory(folder, fault)) throw_invalid_parameter("There is no model in '" + folder + "'.");
}

std::string read_all(const fs::path& path) {
  const auto source = read_file(path, 0, 0);
  std::string content(source->remaining().value_or(0), '\0');
  content.resize(source->read(content));
  return content;
}

std::string to_json(const google::protobuf::Message& message) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok())
    throw_invalid_parameter("The input holds what no JSON can say.");
  return json;
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options) : folder_(folder_of(options.uri())) {
  const int64_t limit = options.has("limit") ? options.integer("limit") : 1000;
  if (limit < 1) throw_invalid_parameter("The setting 'limit' must be at least 1.");
  limit_ = static_cast<size_t>(limit);
}

Deployment SamplePlugin::create_deployment(const CallContext&, const v1::plugin::NewDeployment& request) {
  if (!request.endpoint().empty()) throw_invalid_parameter("This target has no endpoints.");
  require_model(request.model_directory());
  const std::lock_guard lock(writing_);
  if (fs::exists(file_of(request.name())))
    throw Error(ErrorCode::kResourceAlreadyExists, "There is a deployment '" + request.name() + "' already.");
  if (files().size() >= limit_)
    throw Error(ErrorCode::kResourceExhausted,
                "There are as many deployments as the setting 'limit' allows.");
  Deployment deployment;
  deployment.set_name(request.name());
  deployment.set_flavor(request.flavor().empty() ? "default" : request.flavor());
  deployment.set_model_uri(request.model_uri());
  deployment.set_state(Deployment::DEPLOYMENT_STATE_SERVING);
  keep(deployment);
  return deployment;
}

Deployment SamplePlugin::update_deployment(const CallContext&, const v1::plugin::DeploymentChanges& request) {
  const std::lock_guard lock(writing_);
  Deployment deployment = find(request.name());
  if (request.has_model_directory()) require_model(request.model_directory());
  if (request.has_model_uri()) deployment.set_model_uri(request.model_uri());
  if (request.has_flavor()) deployment.set_flavor(request.flavor());
  keep(deployment);
  return deployment;
}

v1::plugin::DeploymentDeleted SamplePlugin::delete_deployment(const CallContext&,
                                                              const v1::plugin::DeploymentKey& request) {
  const std::lock_guard lock(writing_);
  std::error_code fault;
  if (fs::remove(file_of(request.name()), fault)) sync_folder(folder_);
  if (fault) throw_file_error("The deployment cannot be deleted", fault.value());
  return {};
}

Deployment SamplePlugin::get_deployment(const CallContext&, const v1::plugin::DeploymentKey& request) {
  return find(request.name());
}

v1::plugin::DeploymentList SamplePlugin::list_deployments(const CallContext&,
                                                          const v1::plugin::DeploymentQuery&) {
  v1::plugin::DeploymentList list;
  for (const fs::path& file : files()) {
    Deployment deployment;
    if (deployment.ParseFromString(read_all(file))) *list.add_deployments() = std::move(deployment);
  }
  std::sort(list.mutable_deployments()->begin(), list.mutable_deployments()->end(),
            [](const Deployment& a, const Deployment& b) { return a.name() < b.name(); });
  return list;
}

v1::plugin::PredictionResult SamplePlugin::predict(const CallContext&,
                                                   const v1::plugin::Prediction& request) {
  find(request.deployment_name());
  google::protobuf::Struct input;
  if (!google::protobuf::util::JsonStringToMessage(request.input_json(), &input).ok() ||
      input.fields().empty())
    throw_invalid_parameter("The input must be a JSON object with dataframe_split, instances or inputs.");
  google::protobuf::Struct output;
  (*output.mutable_fields())["predictions"] = input.fields().begin()->second;
  v1::plugin::PredictionResult result;
  result.set_output_json(to_json(output));
  return result;
}

v1::plugin::CheckReport SamplePlugin::check() {
  return check_folder(folder_);
}

// Any name has a file, whatever characters it has.
fs::path SamplePlugin::file_of(const std::string& name) const {
  if (name.empty() || name.size() > kLongestName)
    throw_invalid_parameter("The name of a deployment must have 1 to 120 bytes.");
  std::string digits;
  for (const unsigned char c : name) {
    digits += "0123456789abcdef"[c >> 4];
    digits += "0123456789abcdef"[c & 15];
  }
  return folder_ / (digits + kExtension);
}

std::vector<fs::path> SamplePlugin::files() const {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.path().extension() == kExtension) found.push_back(entry.path());
  }
  return found;
}

Deployment SamplePlugin::find(const std::string& name) const {
  const fs::path file = file_of(name);
  if (!fs::exists(file)) throw_not_found("There is no deployment '" + name + "'.");
  Deployment deployment;
  if (!deployment.ParseFromString(read_all(file)))
    throw Error(ErrorCode::kInternalError, "The file of the deployment '" + name + "' is damaged.");
  return deployment;
}

void SamplePlugin::keep(const Deployment& deployment) const {
  NewFile file(folder_);
  file.write(deployment.SerializeAsString());
  file.move_to(file_of(deployment.name()));
}

}  // namespace sample_plugin

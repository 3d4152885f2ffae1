#include "dataset_source.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>

namespace sample_plugin {
namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr std::string_view kScheme = "sample-name:";
constexpr const char* kType = "sample-name";  // kept with runs: never change it

class FileSource : public ByteSource {
 public:
  explicit FileSource(std::ifstream file) : file_(std::move(file)) {}
  size_t read(std::span<char> buffer) override {
    file_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (file_.bad()) throw Error(ErrorCode::kTemporarilyUnavailable, "The data set cannot be read.");
    return static_cast<size_t>(file_.gcount());
  }

 private:
  std::ifstream file_;
};

std::string description_of(const std::string& path) {
  google::protobuf::Struct description;
  (*description.mutable_fields())["path"].set_string_value(path);
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(description, &json).ok())
    throw_invalid_parameter("The path of the data set is no UTF-8.");
  return json;
}

std::string path_in(const std::string& description) {
  google::protobuf::Struct object;
  const bool parsed = google::protobuf::util::JsonStringToMessage(description, &object).ok();
  const auto found = object.fields().find("path");
  const std::string path = parsed && found != object.fields().end() ? found->second.string_value() : "";
  if (!path.starts_with('/') || path.find('\0') != std::string::npos)
    throw_invalid_parameter("The description of the data set has no absolute 'path'.");
  return path;
}

bool is_below(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : root_(fs::weakly_canonical(options.text("root", "/"))) {}

v1::plugin::ResolvedDatasetSource SamplePlugin::resolve(const CallContext&,
                                                        const v1::plugin::RawDatasetSource& request) {
  v1::plugin::ResolvedDatasetSource answer;
  const std::string& source = request.source();
  if (!source.starts_with(kScheme) || source.substr(kScheme.size(), 1) != "/") return answer;
  answer.set_resolved(true);
  answer.set_source_type(kType);
  answer.set_source_json(description_of(source.substr(kScheme.size())));
  return answer;
}

std::unique_ptr<ByteSource> SamplePlugin::load(const CallContext&,
                                               const v1::plugin::DatasetSourceRef& request) {
  if (request.source_type() != kType)
    throw_invalid_parameter("'" + request.source_type() + "' is no data set of this plugin.");
  std::error_code fault;
  const fs::path path = fs::weakly_canonical(path_in(request.source_json()), fault);
  if (fault || !is_below(path, root_))
    throw_invalid_parameter("The data set is not below " + root_.string() + ", the setting 'root'.");
  std::ifstream file(path, std::ios::binary);
  if (!fs::is_regular_file(path, fault) || !file)
    throw_not_found("There is no file '" + path.string() + "' any more.");
  return std::make_unique<FileSource>(std::move(file));
}

}  // namespace sample_plugin

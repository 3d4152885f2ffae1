#include <vector>

#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/dataset_source.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::ResolvedDatasetSource;

const CallContext kContext;

ResolvedDatasetSource resolve(DatasetSource& plugin, const std::string& source) {
  v1::plugin::RawDatasetSource raw;
  raw.set_source(source);
  return plugin.resolve(kContext, raw);
}

std::string load(DatasetSource& plugin, const std::string& type, const std::string& json) {
  v1::plugin::DatasetSourceRef reference;
  reference.set_source_type(type);
  reference.set_source_json(json);
  const auto source = plugin.load(kContext, reference);
  std::string content;
  std::vector<char> piece(100'000);
  while (const size_t count = source->read(piece)) content.append(piece.data(), count);
  return content;
}

void strange_sources_are_left_alone(DatasetSource& plugin) {
  for (const char* source : {"", " ", "no-such-scheme:\xf0\x9f\x9a\x80", "../..", "{}", "%00"}) {
    const ResolvedDatasetSource answer = resolve(plugin, source);
    require(answer.resolved() || (answer.source_type().empty() && answer.source_json().empty()),
            "a source that is not resolved has a type or a description");
  }
}

void a_source_is_described(DatasetSource& plugin, const std::string& source) {
  const ResolvedDatasetSource answer = resolve(plugin, source);
  require(answer.resolved(), "the sample is not resolved");
  require(!answer.source_type().empty(), "the type of a source is empty");
  require_json_object(answer.source_json(), "the description of a source");
}

void the_description_stays(DatasetSource& plugin, const std::string& source) {
  require_equal(resolve(plugin, source).SerializeAsString(), resolve(plugin, source).SerializeAsString(),
                "the description of the same source");
}

void descriptions_have_no_password(DatasetSource& plugin) {
  for (const char* source :
       {"https://user:kit-password@127.0.0.1/data.csv", "s3://key:kit-password@bucket/data.csv"}) {
    require_no_credential(resolve(plugin, source).source_json(), "kit-password",
                          "the description of a source");
  }
}

void data_come_back(DatasetSource& plugin, const std::string& source) {
  const ResolvedDatasetSource answer = resolve(plugin, source);
  const std::string data = load(plugin, answer.source_type(), answer.source_json());
  require(!data.empty(), "the data of the sample are empty");
  require(load(plugin, answer.source_type(), answer.source_json()) == data,
          "the data differ when they are loaded again");
}

void another_type_is_refused(DatasetSource& plugin) {
  require_error([&] { load(plugin, "kit-no-such-type", "{}"); }, ErrorCode::kInvalidParameterValue,
                "loading a description of another type");
}

void a_broken_description_is_refused(DatasetSource& plugin, const std::string& source) {
  const std::string type = resolve(plugin, source).source_type();
  require_refusal([&] { load(plugin, type, "{\"uri\": "); }, "loading a description that is no JSON");
}

std::string call(DatasetSource& plugin) {
  return resolve(plugin, "no-such-scheme:x").SerializeAsString();
}

}  // namespace

Kit<DatasetSource> dataset_source_kit() {
  Kit<DatasetSource> kit{
      "dataset_source",
      {on_new("a source of no known form is resolved whole or not at all", strange_sources_are_left_alone),
       with_sample("source", "a source has a type and a description", a_source_is_described),
       with_sample("source", "the description of a source stays", the_description_stays),
       on_new("descriptions contain no password", descriptions_have_no_password),
       with_sample("source", "the data of a source come back, and again", data_come_back),
       on_new("a description of another type is INVALID_PARAMETER_VALUE", another_type_is_refused),
       with_sample("source", "a broken description is refused", a_broken_description_is_refused)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance

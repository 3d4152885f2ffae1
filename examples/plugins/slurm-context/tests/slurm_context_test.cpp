#include <doctest/doctest.h>

#include "example.h"
#include "millrace/v1/plugin/run_context.proxy.gen.h"

using namespace millrace;
using namespace millrace::examples;

namespace {

using Texts = std::map<std::string, std::string>;

Texts tags_for(Place place, const Texts& environment, const Texts& settings = {}) {
  Example example("slurm-context", place, settings);
  v1::plugin::RunContextQuery query;
  query.mutable_environment()->insert(environment.begin(), environment.end());
  const auto plugin = example.open<plugin::RunContextProxy>(plugin::Kind::kRunContext, "slurm");
  const auto answer = plugin->get_tags(kContext, query);
  CHECK(answer.applies() == (answer.tags_size() > 0));
  Texts tags;
  for (const auto& tag : answer.tags()) tags[tag.key()] = tag.value();
  return tags;
}

}  // namespace

TEST_CASE("slurm-context: a job's tags tell what SLURM told it") {
  for (const Place place : kPlaces) {
    const Texts environment{{"SLURM_JOB_ID", "4711"},    {"SLURM_JOB_NAME", "train \xc3\xa4"},
                            {"SLURM_ARRAY_TASK_ID", ""}, {"SLURM_JOB_NODELIST", "gpu[01-04]"},
                            {"SLURM_UNKNOWN", "x"},      {"HOME", "/home/ada"}};
    const Texts expected{
        {"slurm.job_id", "4711"}, {"slurm.job_name", "train \xc3\xa4"}, {"slurm.nodes", "gpu[01-04]"}};
    CHECK(tags_for(place, environment) == expected);
    CHECK(tags_for(place, {{"SLURM_JOB_ID", "1"}}, {{"prefix", "job/"}}) == Texts{{"job/job_id", "1"}});
  }
}

TEST_CASE("slurm-context: a process outside SLURM has no such tags") {
  for (const Place place : kPlaces) CHECK(tags_for(place, {{"SLURM_JOB_NAME", "left over"}}).empty());
}

TEST_CASE("slurm-context: a list of nodes too long for a tag is cut between characters") {
  for (const Place place : kPlaces) {
    std::string nodes(1, 'x');
    for (int i = 0; i < 5000; ++i) nodes += "\xc3\xa4";
    const std::string tag =
        tags_for(place, {{"SLURM_JOB_ID", "1"}, {"SLURM_JOB_NODELIST", nodes}})["slurm.nodes"];
    CHECK(tag.size() <= 8000);
    CHECK(tag.size() > 7990);
    CHECK(tag.ends_with("\xc3\xa4..."));
  }
}

TEST_CASE("slurm-context: a prefix that leaves no room for keys is refused") {
  const Error error = error_of([] {
    tags_for(Place::kChildProcess, {{"SLURM_JOB_ID", "1"}}, {{"prefix", std::string(200, 'x')}});
  });
  CHECK(error.code() == ErrorCode::kInvalidParameterValue);
}

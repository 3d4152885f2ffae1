#include "run_context.h"

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

std::map<std::string, std::string> tags_of(const std::map<std::string, std::string>& environment) {
  v1::plugin::RunContextQuery query;
  query.mutable_environment()->insert(environment.begin(), environment.end());
  const auto answer = SamplePlugin(options()).get_tags({}, query);
  check(answer.applies(), "it applies everywhere");
  std::map<std::string, std::string> tags;
  for (const auto& tag : answer.tags()) tags[tag.key()] = tag.value();
  return tags;
}

void variables_of_the_job_become_tags() {
  const auto tags = tags_of({{"CI_COMMIT_SHA", "abc"}, {"HOME", "/"}});
  check(tags.size() == 2 && tags.contains("host"), "the host and one variable");
  check(tags.at("ci.commit_sha") == "abc", "the value of the variable");
}

void long_values_are_cut_between_characters() {
  std::string umlauts = "x";
  for (int i = 0; i < 8000; ++i) umlauts += "\xc3\xa4";
  check(tags_of({{"CI_MESSAGE", umlauts}}).at("ci.message").size() == 7999, "whole characters are kept");
}

}  // namespace

int main() {
  variables_of_the_job_become_tags();
  long_values_are_cut_between_characters();
}

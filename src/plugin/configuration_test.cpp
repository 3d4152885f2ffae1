#include "plugin/configuration.h"

#include <doctest/doctest.h>

#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace {

Manifest acme() {
  return parse_manifest(manifest_text("acme", "\"oss\"") + R"([configuration.endpoint]
type = "string"
required = true
environment = "ACME_ENDPOINT"
[configuration.key]
type = "string"
secret = true
environment = "ACME_KEY"
[configuration.pin]
type = "integer"
secret = true
[configuration.retries]
type = "integer"
default = 3
[configuration.ratio]
type = "number"
[configuration.fast]
type = "boolean"
)",
                        "/plugins/acme/plugin.toml");
}

Settings settings_of(const std::map<std::string, std::string>& texts) {
  Settings settings;
  for (const auto& [name, text] : texts) settings.emplace(name, Secret(std::string_view(text)));
  return settings;
}

}  // namespace

TEST_CASE("a setting comes from the operator, else the environment, else the default") {
  const auto environment = environment_of({{"ACME_ENDPOINT", "from-variable"}, {"ACME_KEY", ""}});
  const Configuration set =
      resolve_configuration(acme(), settings_of({{"endpoint", "from-file"}, {"retries", "5"}}), environment);
  CHECK(std::get<std::string>(set.values().at("endpoint")) == "from-file");
  CHECK(std::get<int64_t>(set.values().at("retries")) == 5);
  const Configuration found = resolve_configuration(acme(), {}, environment);
  CHECK(std::get<std::string>(found.values().at("endpoint")) == "from-variable");
  CHECK(std::get<int64_t>(found.values().at("retries")) == 3);
  CHECK_FALSE(found.values().contains("key"));
}

TEST_CASE("values have the types of the manifest, and secrets are secrets") {
  const Configuration configuration = resolve_configuration(
      acme(),
      settings_of({{"endpoint", "e"}, {"key", "k"}, {"pin", "7"}, {"ratio", "0.25"}, {"fast", "true"}}),
      environment_of({}));
  CHECK(std::get<Secret>(configuration.values().at("key")).reveal() == "k");
  CHECK(std::get<Secret>(configuration.values().at("pin")).reveal() == "7");
  CHECK(std::get<double>(configuration.values().at("ratio")) == 0.25);
  CHECK(std::get<bool>(configuration.values().at("fast")));
  const std::map<std::string, std::string> texts{{"endpoint", "e"}, {"fast", "true"},  {"key", "k"},
                                                 {"pin", "7"},      {"ratio", "0.25"}, {"retries", "3"}};
  CHECK(configuration.reveal_all() == texts);
}

TEST_CASE("all faults are told, each with the setting and what to set where") {
  const auto faults = find_configuration_faults(
      acme(), settings_of({{"retries", "many"}, {"ratio", "1,5"}, {"fast", "yes"}, {"endpont", "x"}}),
      environment_of({}));
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].name == "endpoint");
  CHECK(faults[0].message ==
        "Plugin 'acme': 'endpoint' is not set. Set 'endpoint' below [plugins.settings.acme] in the "
        "configuration "
        "file, or the environment variable ACME_ENDPOINT.");
  CHECK(contains(faults[1].message, "must be true or false, not 'yes'."));
  CHECK(contains(faults[2].message, "must be a number, not '1,5'."));
  CHECK(contains(faults[3].message, "'retries' below [plugins.settings.acme]"));
  CHECK(contains(faults[4].message, "There is no setting 'endpont'"));
  CHECK(contains(faults[4].message, "It has: endpoint, fast, key, pin, ratio, retries."));
  CHECK(code_of([] { resolve_configuration(acme(), {}, environment_of({})); }) == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("no message repeats the value of a secret") {
  const auto faults = find_configuration_faults(
      acme(), settings_of({{"endpoint", "e"}, {"pin", "hunter2"}, {"unknown", "hunter2"}}),
      environment_of({}));
  REQUIRE(faults.size() == 2);
  for (const auto& fault : faults) CHECK_FALSE(contains(fault.message, "hunter2"));
  CHECK(contains(faults[0].message,
                 "'pin' below [plugins.settings.acme] in the configuration file must be a whole"));
}

#include "plugin/policy.h"

#include <doctest/doctest.h>

#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

TEST_CASE("the policy is the table [plugins] of the configuration file") {
  const TestFolder folder;
  const Policy policy = read_policy(folder.write("millrace.toml", R"([server]
port = 5000
[plugins]
path = ["plugins", "/opt/acme"]
allow = ["acme-*", "oss"]
trusted-keys = ["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]
require-signature = true
[plugins.override]
"artifact_repository:S3" = "acme-s3"
"mlflow.project_backend:Slurm" = "acme-slurm"
[plugins.settings.acme-s3]
endpoint = "https://s3"
retries = 5
ratio = 0.5
fast = true
)"));
  CHECK(policy.path == std::vector<std::filesystem::path>{folder / "plugins", "/opt/acme"});
  CHECK(policy.allows("acme-s3"));
  CHECK(policy.allows("oss"));
  CHECK_FALSE(policy.allows("acme"));
  CHECK_FALSE(policy.allows("oss2"));
  CHECK(policy.require_signature);
  CHECK(policy.overrides.at({Kind::kArtifactRepository, "s3"}) == "acme-s3");
  CHECK(policy.overrides.at({Kind::kProjectBackend, "Slurm"}) == "acme-slurm");
  const Settings& settings = policy.settings.at("acme-s3");
  CHECK(settings.at("endpoint").reveal() == "https://s3");
  CHECK(settings.at("retries").reveal() == "5");
  CHECK(settings.at("ratio").reveal() == "0.5");
  CHECK(settings.at("fast").reveal() == "true");
}

TEST_CASE("without a file or the table everything is allowed") {
  const TestFolder folder;
  CHECK(read_policy("").allows("any"));
  CHECK(read_policy(folder.write("millrace.toml", "[server]\n")).allows("any"));
}

TEST_CASE("faults of the policy are told with their place") {
  const TestFolder folder;
  const auto fault = [&](const std::string& text) {
    return message_of([&] { read_policy(folder.write("f.toml", "[plugins]\n" + text)); });
  };
  CHECK(contains(fault("alow = [\"a\"]"), "f.toml:2:1: [plugins] has no key 'alow'"));
  CHECK(contains(fault("allow = []"), ":2:9: 'allow' must not be empty"));
  CHECK(contains(fault("allow = [\"A\"]"), ":2:10: 'A' is no plugin id"));
  CHECK(contains(fault("trusted-keys = [\"abc\"]"), ":2:17: This is no raw Ed25519 public key"));
  CHECK(contains(fault("require-signature = true"), "needs 'trusted-keys'"));
  CHECK(contains(fault("override = 1"), "must be a table: [plugins.override]"));
  CHECK(contains(fault("[plugins.override]\n\"s3\" = \"a\""), ":3:1: 's3' is no name to override"));
  CHECK(contains(fault("[plugins.override]\n\"artifact_repository:a b\" = \"a\""), ":3:1: "));
  CHECK(contains(fault("[plugins.override]\n\"artifact_repository:s3\" = 1"), ":3:28: The override of"));
  CHECK(contains(fault("[plugins.settings]\nx = 1"), ":3:1: Settings are written below the plugin's id"));
  CHECK(contains(fault("[plugins.settings.x]\ny = [1]"), ":3:5: 'y' must be a text, a number"));
}

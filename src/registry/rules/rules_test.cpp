#include <doctest/doctest.h>

#include <filesystem>

#include "base/error.h"
#include "base/ids.h"
#include "millrace/v1/registered_models.pb.h"
#include "query/query.h"
#include "registry/rules/model_uri.h"
#include "registry/rules/names.h"
#include "registry/rules/prompts.h"
#include "registry/rules/source_paths.h"
#include "registry/rules/stages.h"
#include "registry/rules/version_links.h"

using namespace millrace;
using namespace millrace::registry;

TEST_CASE("names of models are not blank and lead to no other file") {
  for (const char* name : {"m", "a b", "gr\xc3\xbc\xc3\x9f", "a.b", "a;b'\"%"}) {
    CAPTURE(std::string(name));
    CHECK_NOTHROW(check_model_name(name));
  }
  for (const char* name : {"", " \t", "a/b", "a:b", ".", "..", "..a"}) {
    CAPTURE(std::string(name));
    CHECK_THROWS_AS(check_model_name(name), Error);
  }
  CHECK_THROWS_WITH(check_model_name(" ", "new_name"), "Missing value for required parameter 'new_name'.");
}

TEST_CASE("aliases that mean something already cannot be given") {
  CHECK_NOTHROW(check_new_alias("champion-2_x"));
  CHECK_NOTHROW(check_new_alias("v"));
  CHECK_NOTHROW(check_new_alias("v1x"));
  CHECK_NOTHROW(check_alias("Latest"));
  for (const char* alias : {"", "a b", "a/b", "latest", "LaTest", "v1", "V23"}) {
    CAPTURE(std::string(alias));
    CHECK_THROWS_AS(check_new_alias(alias), Error);
  }
  CHECK_THROWS_AS(check_alias(std::string(256, 'a')), Error);
}

TEST_CASE("versions are written as numbers") {
  CHECK(version_number("m", "12") == 12);
  CHECK(version_number("m", " 7 ") == 7);
  CHECK_THROWS_WITH(version_number("m", "one"), "Parameter 'version' must be an integer, got 'one'.");
  for (const char* never : {"0", "-1", "99999999999999999999"}) {
    CAPTURE(std::string(never));
    CHECK_THROWS_WITH(version_number("m", never),
                      ("Model Version (name=m, version=" + std::string(never) + ") not found").c_str());
  }
}

TEST_CASE("stages are known in any letter case, and two of them make room") {
  CHECK(canonical_stage("proDUCTion") == "Production");
  CHECK(canonical_stage("none") == "None");
  CHECK_THROWS_AS(canonical_stage("Deleted_Internal"), Error);
  CHECK_NOTHROW(check_makes_room("Staging", "staging"));
  CHECK_THROWS_AS(check_makes_room("Archived", "archived"), Error);
}

TEST_CASE("models URIs name logged models, versions, stages and aliases") {
  CHECK(parse_model_uri("models:/m-1")->model_id == "m-1");
  CHECK(parse_model_uri("models:/m/3")->version == "3");
  CHECK(parse_model_uri("models:/m/Staging")->stage == "Staging");
  const auto latest = parse_model_uri("models:/m/Latest");
  CHECK((latest->name == "m" && latest->stage.empty() && latest->version.empty()));
  const auto alias = parse_model_uri("models:/m@x@champion");
  CHECK((alias->name == "m@x" && alias->alias == "champion"));
  for (const char* other :
       {"models:m", "models:/", "models:/m/", "models:/m/1/2", "models:/m@", "runs:/m/1", "m"}) {
    CAPTURE(std::string(other));
    CHECK_FALSE(parse_model_uri(other).has_value());
  }
  CHECK(run_of_uri("runs:/abc/model") == "abc");
  CHECK(run_of_uri("runs:abc").empty());
}

TEST_CASE("paths of sources lead where they say, in any encoding") {
  for (const char* good :
       {"s3://b/m", "dbfs:/x/y", "runs:/abc/model", "mlflow-artifacts:/0/r/artifacts/m", "gs://b/100%/x"}) {
    CAPTURE(std::string(good));
    CHECK_NOTHROW(check_absolute_path(good));
  }
  for (const char* bad :
       {"s3://b/m/../../x", "mlflow-artifacts:/..%2f..%2fx", "s3://b/%252e%252e/x", "s3:relative",
        "s3://b/./x", "http://h/api%00", "s3://b/x%2500", "s3://b", "runs:/r/%2e%2e/x", "s3://b/%zz/%2e%2e/x",
        "s3://b/%252525252525252525252e%252525252525252525252e/x"}) {
    CAPTURE(std::string(bad));
    CHECK_THROWS_AS(check_absolute_path(bad), Error);
  }
}

TEST_CASE("a URI lies within another by whole components, scheme and authority") {
  const std::string root = "mlflow-artifacts:/0/run/artifacts";
  CHECK(is_uri_within(root + "/model", root));
  CHECK(is_uri_within(root, root));
  CHECK(is_uri_within("MLflow-Artifacts:/0/run/%61rtifacts/m", root));
  CHECK_FALSE(is_uri_within("mlflow-artifacts:/0/run/artifacts2", root));
  CHECK_FALSE(is_uri_within("mlflow-artifacts:/0/other/artifacts", root));
  CHECK_FALSE(is_uri_within("mlflow-artifacts://h/0/run/artifacts/m", root));
  CHECK_FALSE(is_uri_within("s3://b/x", "s3://b/"));
  CHECK(is_proxied_source("http://h/p/api/2.0/mlflow-artifacts/artifacts/x"));
  CHECK_FALSE(is_proxied_source("http://h/p/api/2.0/other"));
}

TEST_CASE("a local path lies within a folder with symbolic links followed") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("millrace-" + random_token(12));
  std::filesystem::create_directories(folder / "run/model");
  std::filesystem::create_directory_symlink("/etc", folder / "run/out");
  const std::string root = folder / "run";
  CHECK(is_local_path_within(root + "/model", root));
  CHECK(is_local_path_within("file://" + root + "/model/", root));
  CHECK_FALSE(is_local_path_within(root + "/../other", root));
  CHECK_FALSE(is_local_path_within(root + "2", root));
  CHECK_FALSE(is_local_path_within(root + "/out", root));
  CHECK_FALSE(is_local_path_within("file://" + root + "/%2e%2e/other", root));
  std::filesystem::remove_all(folder);
  CHECK(is_local_source("relative"));
  CHECK_FALSE(is_local_source("s3://b/x"));
  CHECK_THROWS_AS(is_local_source("file://elsewhere/x"), Error);
}

TEST_CASE("clients do not choose whom the server talks to") {
  CHECK(foreign_host_scheme("sftp://u@h/x", {}) == "sftp");
  CHECK(foreign_host_scheme("HTTP://169.254.169.254/x", {}) == "http");
  CHECK(foreign_host_scheme("mlflow-artifacts://h/x", {}) == "mlflow-artifacts");
  CHECK_FALSE(foreign_host_scheme("mlflow-artifacts:/x", {}));
  CHECK_FALSE(foreign_host_scheme("s3://b/x", {}));
  CHECK_FALSE(foreign_host_scheme("sftp://user@H:22/x", {"sftp://h/root"}));
  CHECK(foreign_host_scheme("sftp://h:23/x", {"sftp://h/root"}) == "sftp");
  CHECK(foreign_host_scheme("https://h/x", {"http://h/root"}) == "https");
  CHECK(foreign_host_scheme("http://evil\\@h/x", {"http://h/root"}) == "http");
}

TEST_CASE("prompts are left out unless the filter asks for them") {
  using query::Entity;
  const auto asked = [](const char* text) {
    const v1::Filter filter = query::parse_filter(Entity::kRegisteredModel, text);
    return with_prompts_as_asked(filter).SerializeAsString() == filter.SerializeAsString();
  };
  CHECK(asked("tags.`mlflow.prompt.is_prompt` = 'true'"));
  CHECK(asked("name = 'a' AND tag.`mlflow.prompt.is_prompt` != 'False'"));
  CHECK(asked("name = 'a' OR (tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'b')"));
  CHECK_FALSE(asked("name = 'a'"));
  CHECK_FALSE(asked(""));
  CHECK_FALSE(asked("tags.`mlflow.prompt.is_prompt` = 'false'"));
  CHECK_FALSE(asked("tags.`mlflow.prompt.is_prompt` != 'true' OR name = 'x'"));
}

TEST_CASE("the last of two marks says whether it is a prompt") {
  v1::CreateRegisteredModelRequest request;
  const auto add = [&](const char* value) {
    v1::RegisteredModelTag& tag = *request.add_tags();
    tag.set_key(std::string(kIsPrompt));
    tag.set_value(value);
  };
  CHECK_FALSE(says_prompt(request.tags()));
  add("True");
  CHECK(says_prompt(request.tags()));
  add("no");
  CHECK_FALSE(says_prompt(request.tags()));
  CHECK(has_prompt_mark(request.tags()));
}

TEST_CASE("links to versions are added once") {
  const std::string one = with_version_link("", "m\"", "1");
  CHECK(one == R"([{"name": "m\"", "version": 1}])");
  CHECK(with_version_link(one, "m\"", "1") == one);
  CHECK(with_version_link(one, "m", "2") ==
        R"([{"name": "m\"", "version": 1}, {"name": "m", "version": 2}])");
  CHECK(with_version_link(R"([{"name": "m", "version": "2"}])", "m", "2") ==
        R"([{"name": "m", "version": "2"}])");
  CHECK(with_version_link("garbage", "m", "1") == R"([{"name": "m", "version": 1}])");
}

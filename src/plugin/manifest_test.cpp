#include "plugin/manifest.h"

#include <doctest/doctest.h>

#include "plugin/manifest_names.h"
#include "plugin/test_folder.h"
#include "plugin/version.h"

using namespace millrace;
using namespace millrace::plugin;

namespace {

constexpr const char* kComplete = R"([plugin]
id = "acme-oss"
version = "1.2.0-rc.1+b5"
protocol = "1.0"
license = "Apache-2.0"
description = "Keeps artifacts in Acme."
homepage = "https://acme.example"
[run]
command = ["./acme", "--serve"]
library = "lib/libacme.so"
python = "acme.plugin"
interpreter = "venv/bin/python"
environment = ["ACME_ENDPOINT", "ACME_*"]
memory_limit_mb = 1024
start_timeout_seconds = 5
call_timeout_seconds = 60
[[provides]]
kind = "artifact_repository"
schemes = ["OSS", "mssql+pyodbc"]
capabilities = ["multipart"]
[[provides]]
kind = "mlflow.request_header_provider"
names = ["acme"]
[configuration.endpoint]
type = "string"
required = true
description = "Where Acme is."
environment = "ACME_ENDPOINT"
[configuration.key]
type = "string"
secret = true
[configuration.retries]
type = "integer"
default = 3
[configuration.ratio]
type = "number"
default = 0.5
[configuration.fast]
type = "boolean"
default = false
)";

Manifest parse(const std::string& text) {
  return parse_manifest(text, "/plugins/acme/plugin.toml");
}

std::string fault(const std::string& text) {
  return message_of([&] { parse(text); });
}

// The complete manifest with one line replaced.
std::string with(const std::string& old_line, const std::string& new_line) {
  std::string text = kComplete;
  const size_t at = text.find(old_line + "\n");
  REQUIRE(at != std::string::npos);
  return text.replace(at, old_line.size(), new_line);
}

}  // namespace

TEST_CASE("a manifest is read whole") {
  const Manifest manifest = parse(kComplete);
  CHECK(manifest.folder == "/plugins/acme");
  CHECK(manifest.id == "acme-oss");
  CHECK(manifest.version == "1.2.0-rc.1+b5");
  CHECK(manifest.protocol.to_string() == "1.0");
  CHECK(manifest.license == "Apache-2.0");
  CHECK(manifest.homepage == "https://acme.example");
  CHECK(manifest.run.command == std::vector<std::string>{"./acme", "--serve"});
  CHECK(manifest.run.library == "lib/libacme.so");
  CHECK(manifest.run.python == "acme.plugin");
  CHECK(manifest.run.environment == std::vector<std::string>{"ACME_ENDPOINT", "ACME_*"});
  CHECK(manifest.run.memory_limit_mb == 1024);
  CHECK(manifest.run.start_timeout.count() == 5);
  CHECK(manifest.run.call_timeout.count() == 60);
  REQUIRE(manifest.provides.size() == 2);
  CHECK(manifest.provides[0].kind == Kind::kArtifactRepository);
  CHECK(manifest.provides[0].names == std::vector<std::string>{"oss", "mssql+pyodbc"});
  CHECK(manifest.provides[0].capabilities == std::vector<std::string>{"multipart"});
  CHECK(manifest.provides[1].kind == Kind::kRequestHeader);
  REQUIRE(manifest.configuration.size() == 5);
  CHECK(manifest.configuration[0].name == "endpoint");
  CHECK(manifest.configuration[0].required);
  CHECK(manifest.configuration[1].name == "fast");
  CHECK(manifest.configuration[1].default_value == "false");
  CHECK(manifest.configuration[2].secret);
  CHECK(manifest.configuration[3].default_value == "0.5");
  CHECK(manifest.configuration[4].default_value == "3");
}

TEST_CASE("what a manifest leaves out has its documented default") {
  const Manifest manifest = parse(manifest_text("acme", "\"oss\""));
  CHECK(manifest.run.interpreter == "python3");
  CHECK(manifest.run.start_timeout.count() == 10);
  CHECK(manifest.run.call_timeout.count() == 30);
  CHECK_FALSE(manifest.run.memory_limit_mb.has_value());
  CHECK(manifest.configuration.empty());
}

TEST_CASE("programs are found below the folder, where they are absolute, or by name") {
  const Manifest manifest = parse(manifest_text("acme", "\"oss\""));
  CHECK(resolved_program(manifest, "./run") == "/plugins/acme/run");
  CHECK(resolved_program(manifest, "venv/bin/python") == "/plugins/acme/venv/bin/python");
  CHECK(resolved_program(manifest, "/usr/bin/env") == "/usr/bin/env");
  CHECK(resolved_program(manifest, "python3") == "python3");
}

TEST_CASE("every fault of a manifest is told with its place and what was expected") {
  const auto tells = [](const std::string& old_line, const std::string& new_line,
                        const std::string& expected) {
    const std::string message = fault(with(old_line, new_line));
    CAPTURE(new_line);
    CHECK_MESSAGE(contains(message, "/plugins/acme/plugin.toml:" + expected), message);
  };
  tells("id = \"acme-oss\"", "id = \"Acme\"", "2:6: 'Acme' is no plugin id");
  tells("id = \"acme-oss\"", "id = \"../x\"", "2:6: ");
  tells("id = \"acme-oss\"", "id = 7", "2:6: 'id' must be a text in quotes, not a whole number.");
  tells("id = \"acme-oss\"", "", "1:1: [plugin] lacks 'id'");
  tells("id = \"acme-oss\"", "id = \"a\"\nid = \"b\"", "3:");
  tells("version = \"1.2.0-rc.1+b5\"", "version = \"1.2\"", "3:11: '1.2' is no semantic version");
  tells("protocol = \"1.0\"", "protocol = \"1\"", "4:12: '1' is no protocol version");
  tells("license = \"Apache-2.0\"", "license = \"\"", "5:11: 'license' must not be empty.");
  tells("homepage = \"https://acme.example\"", "hompage = \"x\"",
        "7:1: [plugin] has no key 'hompage'. It has: ");
  tells("command = [\"./acme\", \"--serve\"]", "command = \"./acme\"",
        "9:11: 'command' must be a list of texts");
  tells("command = [\"./acme\", \"--serve\"]", "command = []", "9:11: 'command' must name a program");
  tells("command = [\"./acme\", \"--serve\"]", "command = [\"../acme\"]",
        "9:12: '../acme' leaves the plugin's");
  tells("command = [\"./acme\", \"--serve\"]", "command = [\"a/../../b\"]", "9:12: 'a/../../b' leaves");
  tells("command = [\"./acme\", \"--serve\"]", "command = [\"a\", 1]", "9:17: 'command' must be a list");
  tells("library = \"lib/libacme.so\"", "library = \"/lib/x.so\"", "10:11: '/lib/x.so' is no file below");
  tells("library = \"lib/libacme.so\"", "library = \"../x.so\"", "10:11: ");
  tells("python = \"acme.plugin\"", "python = \"acme plugin\"", "11:10: 'acme plugin' is no Python module");
  tells("python = \"acme.plugin\"", "", "12:15: 'interpreter' needs 'python'");
  tells("interpreter = \"venv/bin/python\"", "interpreter = \"../python\"", "12:15: ");
  tells("environment = [\"ACME_ENDPOINT\", \"ACME_*\"]", "environment = [\"*\"]", "13:16: '*' is no name");
  tells("memory_limit_mb = 1024", "memory_limit_mb = 0",
        "14:19: 'memory_limit_mb' must be a whole number from");
  tells("call_timeout_seconds = 60", "call_timeout_seconds = 0.5", "16:24: ");
  tells("kind = \"artifact_repository\"", "kind = \"artefacts\"",
        "18:8: 'artefacts' is no kind of plugin. Kinds");
  tells("kind = \"artifact_repository\"", "kind = \"request_auth\"",
        "19:11: A request_auth is chosen by name");
  tells("schemes = [\"OSS\", \"mssql+pyodbc\"]", "", "17:1: [[provides]] lacks 'schemes'");
  tells("schemes = [\"OSS\", \"mssql+pyodbc\"]", "schemes = [\"my oss\"]", "19:12: 'my oss' is no scheme");
  tells("schemes = [\"OSS\", \"mssql+pyodbc\"]", "schemes = [\"oss://\"]", "19:12: 'oss://' is no scheme");
  tells("schemes = [\"OSS\", \"mssql+pyodbc\"]", "schemes = [\"c\"]", "19:12: 'c' is no scheme");
  tells("schemes = [\"OSS\", \"mssql+pyodbc\"]", "schemes = [\"oss\", \"OSS\"]",
        "19:19: 'oss' is provided twice");
  tells("capabilities = [\"multipart\"]", "capabilities = [\"Multi Part\"]",
        "20:17: 'Multi Part' is no capability");
  tells("names = [\"acme\"]", "names = []", "23:9: 'names' must not be empty");
  tells("names = [\"acme\"]", "names = [\"a b\"]", "23:10: 'a b' is no name");
  tells("[configuration.endpoint]", "[configuration.\"a b\"]", "24:16: 'a b' is no name of a setting");
  tells("environment = \"ACME_ENDPOINT\"", "environment = \"A-B\"",
        "28:15: 'A-B' is no name of an environment");
  tells("secret = true", "secret = true\ndefault = \"x\"", "32:11: A secret has no default");
  tells("default = 3", "default = \"3\"", "34:11: 'default' must be of the type integer, not a text.");
  tells("default = 0.5", "default = true", "37:11: ");
  tells("default = false", "default = flase", "40:");
  tells("[configuration.fast]", "[configuration.fast]\nunit = \"s\"",
        "39:1: [configuration.fast] has no key 'unit'");
  tells("[configuration.fast]", "[extra]\n[configuration.fast]", "38:");
}

TEST_CASE("a manifest cannot write control characters to the terminal that shows its faults") {
  const std::string message = fault(with("version = \"1.2.0-rc.1+b5\"", "version = \"\\u001b[2J\""));
  CHECK(contains(message, "'?[2J' is no semantic version"));
}

TEST_CASE("a manifest needs a way to run, something to provide and its tables") {
  const std::string text = manifest_text("acme", "\"oss\"");
  const auto without = [&](const std::string& part) {
    std::string shorter = text;
    return shorter.erase(shorter.find(part), part.size());
  };
  CHECK(contains(fault(without("command = [\"./run\"]\n")),
                 ":7:1: [run] must have one of command, library and"));
  CHECK(contains(fault(text.substr(0, text.find("[[provides]]"))), "lacks 'provides'"));
  CHECK(contains(fault(text.substr(0, text.find("[run]"))), "lacks 'run'"));
  CHECK(contains(fault("x"), ":1:"));
  CHECK(contains(fault(""), "lacks 'plugin'"));
  const std::string provides_nothing = text.substr(0, text.find("[[provides]]"));
  CHECK(contains(fault("provides = []\n" + provides_nothing), ":1:12: 'provides' must not be empty"));
  CHECK(contains(fault("provides = 1\n" + provides_nothing), ":1:12: 'provides' must be written in double"));
}

TEST_CASE("the same name may be provided for two kinds but not twice for one") {
  const std::string text = manifest_text("acme", "\"oss\"");
  const std::string store = "[[provides]]\nkind = \"mlflow.tracking_store\"\nschemes = [\"oss\"]\n";
  CHECK(parse(text + store).provides.size() == 2);
  CHECK(contains(fault(text + store + store), ":17:12: 'oss' is provided twice as tracking_store."));
}

TEST_CASE("a manifest is read from a folder or a file, and unusual files are refused") {
  const TestFolder folder;
  folder.write("acme/plugin.toml", manifest_text("acme", "\"oss\""));
  CHECK(read_manifest(folder / "acme").folder == folder / "acme");
  CHECK(read_manifest(folder / "acme/plugin.toml").id == "acme");
  CHECK(code_of([&] { read_manifest(folder / "none"); }) == "RESOURCE_DOES_NOT_EXIST");
  std::filesystem::create_directories(folder / "odd/plugin.toml");
  CHECK(code_of([&] { read_manifest(folder / "odd"); }) == "INVALID_PARAMETER_VALUE");
  folder.write("large/plugin.toml", std::string(kManifestLimit + 1, '#'));
  CHECK(contains(message_of([&] { read_manifest(folder / "large"); }), "more than the 1048576"));
}

TEST_CASE("semantic versions and protocol versions follow their grammar") {
  for (const char* version :
       {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha.1", "1.0.0-0A.is-legal", "1.0.0+001"}) {
    CAPTURE(version);
    CHECK(is_semantic_version(version));
  }
  for (const char* version : {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.3-", "1.2.3-01", "1.2.3+",
                              "v1.2.3", "1.2.3-a..b", "1.2.3-a_b", "1.2.3 "}) {
    CAPTURE(version);
    CHECK_FALSE(is_semantic_version(version));
  }
  CHECK(parse_protocol_version("2.13")->minor == 13);
  for (const char* version : {"", "1", "1.", ".1", "0.1", "1.0.0", "1.x", "01.0", "1.9999999"}) {
    CAPTURE(version);
    CHECK_FALSE(parse_protocol_version(version).has_value());
  }
}

TEST_CASE("a host speaks its own major up to its own minor") {
  CHECK(host_speaks({1, 0}));
  CHECK_FALSE(host_speaks({1, 1}));
  CHECK_FALSE(host_speaks({2, 0}));
}

TEST_CASE("what a host does not know in the manifest for another protocol is told with both versions") {
  for (const std::string version : {"1.7", "2.0"}) {
    std::string text = with("protocol = \"1.0\"", "protocol = \"" + version + "\"");
    CHECK(parse(text).protocol.to_string() == version);
    text.replace(text.find("[run]"), 5, "[run]\nsandbox = true");
    const std::string message = fault(text);
    CAPTURE(message);
    CHECK(contains(message, ":9:1: [run] has no key 'sandbox'"));
    CHECK(contains(message, "needs protocol " + version + ", this host speaks 1.0"));
  }
  CHECK_FALSE(contains(fault(with("[run]", "[run]\nsandbox = true")), "this host speaks"));
}

TEST_CASE("each kind is known by its name and by MLflow's group") {
  for (const Kind kind : kKinds) CHECK(parse_kind(kind_name(kind)) == kind);
  CHECK(parse_kind("mlflow.model_registry_store") == Kind::kRegistryStore);
  CHECK(parse_kind("mlflow.deployments") == Kind::kDeploymentTarget);
  CHECK(parse_kind("mlflow.app") == Kind::kServerApp);
  CHECK_FALSE(parse_kind("mlflow.app.client").has_value());
}

#include "plugin/catalog.h"

#include <doctest/doctest.h>

#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace {

constexpr Kind kArtifacts = Kind::kArtifactRepository;

const std::vector<ProvidedName> kBuiltIns{
    {Kind::kTrackingStore, "sqlite"}, {kArtifacts, ""}, {kArtifacts, "file"}, {kArtifacts, "http"}};

// A plugin in /plugins/<id> that provides schemes as an artifact repository.
FoundManifest provides(const std::string& id, const std::vector<std::string>& schemes,
                       const std::string& folder = "/plugins/") {
  FoundManifest found;
  found.summary.folder = folder + id;
  found.summary.id = id;
  found.summary.version = "1.0.0";
  found.summary.protocol = kHostProtocol;
  found.summary.provides = {{kArtifacts, schemes, {"multipart"}}};
  return found;
}

FoundManifest broken(const std::string& id) {
  FoundManifest found = provides(id, {});
  found.summary.provides.clear();
  found.fault = "/plugins/" + id + "/plugin.toml:3:1: wrong";
  return found;
}

Catalog catalog(std::vector<FoundManifest> found, const Policy& policy = {}) {
  return Catalog(kBuiltIns, policy, std::move(found));
}

Policy bound(const std::string& scheme, const std::string& id) {
  Policy policy;
  policy.overrides[{kArtifacts, scheme}] = id;
  return policy;
}

// "" for a built-in.
std::string server_of(const Catalog& all, const std::string& uri, Kind kind = kArtifacts) {
  const Provider provider = all.for_uri(kind, uri);
  return provider.plugin == nullptr ? "" : provider.plugin->id;
}

std::string refusal(const Catalog& all, const std::string& uri, Kind kind = kArtifacts) {
  return message_of([&] { all.for_uri(kind, uri); });
}

const Claim& claim_of(const Catalog& all, const std::string& scheme, const std::string& id) {
  for (const Claim& claim : all.claims()) {
    if (claim.name.name == scheme && claim.provider == id) return claim;
  }
  throw Error(ErrorCode::kInternalError, "no such claim");
}

}  // namespace

TEST_CASE("a scheme goes to the built-in or the only plugin that claims it") {
  const Catalog all = catalog({provides("acme", {"oss"})});
  all.check();
  CHECK(server_of(all, "OSS://bucket/a") == "acme");
  CHECK(server_of(all, "file:///a").empty());
  CHECK(server_of(all, "./runs").empty());
  CHECK(server_of(all, "C:\\runs").empty());
  CHECK(server_of(all, "sqlite:///x.db", Kind::kTrackingStore).empty());
  CHECK(all.for_uri(kArtifacts, "oss:x").capabilities == std::vector<std::string>{"multipart"});
}

TEST_CASE("of a scheme with a plus the whole is looked for first, then what stands before it") {
  const Catalog all = catalog({provides("odbc", {"mssql+pyodbc"}), provides("sql", {"mssql"})});
  CHECK(server_of(all, "mssql+pyodbc://h/d") == "odbc");
  CHECK(server_of(all, "mssql+pymssql://h/d") == "sql");
  CHECK(all.for_uri(kArtifacts, "mssql+pymssql://h/d").name.name == "mssql");
  CHECK(server_of(all, "sqlite+pysqlite:///x.db", Kind::kTrackingStore).empty());
}

TEST_CASE("two plugins that claim a name are an error that names both and how to decide") {
  const Catalog all = catalog({provides("acme", {"oss"}), provides("other", {"oss", "xet"})});
  const std::string message = message_of([&] { all.check(); });
  CHECK(code_of([&] { all.check(); }) == "INVALID_STATE");
  for (const char* part : {"'acme' in /plugins/acme", "'other' in /plugins/other", "the scheme 'oss'",
                           "\"artifact_repository:oss\" = \"acme\" below [plugins.override]", "'allow'"}) {
    CAPTURE(part);
    CHECK_MESSAGE(contains(message, part), message);
  }
  CHECK(code_of([&] { all.for_uri(kArtifacts, "oss://b"); }) == "INVALID_STATE");
  CHECK(server_of(all, "xet://b") == "other");
  CHECK(claim_of(all, "oss", "other").outcome == Outcome::kCollides);
}

TEST_CASE("the operator's binding decides a collision") {
  const Catalog all = catalog({provides("acme", {"oss"}), provides("other", {"oss"})}, bound("oss", "other"));
  all.check();
  CHECK(server_of(all, "oss://b") == "other");
  CHECK(claim_of(all, "oss", "acme").outcome == Outcome::kLoses);
  CHECK(claim_of(all, "oss", "acme").reason == "the operator bound the name to 'other'");
}

TEST_CASE("a built-in keeps its name from a plugin, visibly, unless the operator binds it") {
  const Catalog kept = catalog({provides("acme", {"file"})});
  kept.check();
  CHECK(server_of(kept, "file:///a").empty());
  CHECK(claim_of(kept, "file", "acme").outcome == Outcome::kLoses);
  CHECK(contains(claim_of(kept, "file", "acme").reason, "\"artifact_repository:file\" = \"acme\""));
  const Catalog given = catalog({provides("acme", {"file"})}, bound("file", "acme"));
  given.check();
  CHECK(server_of(given, "file:///a") == "acme");
  CHECK(claim_of(given, "file", "").outcome == Outcome::kLoses);
}

TEST_CASE("two plugins that claim a built-in's name both lose") {
  const Catalog all = catalog({provides("acme", {"file"}), provides("other", {"file"})});
  all.check();
  CHECK(server_of(all, "file:///a").empty());
}

TEST_CASE("of a plugin that is found twice the earlier counts and the other is shown as shadowed") {
  const Catalog all =
      catalog({provides("acme", {"oss"}, "/first/"), provides("acme", {"oss", "xet"}, "/second/")});
  all.check();
  CHECK(all.for_uri(kArtifacts, "oss:x").plugin->folder == "/first/acme");
  CHECK(all.entries()[1].standing == Standing::kShadowed);
  CHECK(contains(all.entries()[1].reason, "/first/acme"));
  CHECK(code_of([&] { all.for_uri(kArtifacts, "xet:x"); }) == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("a broken manifest harms no other plugin and is told when it may matter") {
  const Catalog all = catalog({broken("bad"), provides("acme", {"oss"})});
  all.check();
  CHECK(server_of(all, "oss:x") == "acme");
  CHECK(all.entries()[0].standing == Standing::kBroken);
  CHECK(contains(refusal(all, "xet:x"), "/plugins/bad/plugin.toml:3:1: wrong"));
}

TEST_CASE("a broken plugin is not silently replaced by another copy of it") {
  const Catalog all = catalog({broken("acme"), provides("acme", {"oss"}, "/second/")});
  CHECK(all.entries()[1].standing == Standing::kShadowed);
  CHECK(code_of([&] { all.for_uri(kArtifacts, "oss:x"); }) == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("a binding to a plugin that cannot serve is an error that tells why") {
  const auto fault = [](std::vector<FoundManifest> found, Policy policy = bound("oss", "acme")) {
    const Catalog all = catalog(std::move(found), policy);
    CHECK(code_of([&] { all.for_uri(kArtifacts, "oss:x"); }) == "INVALID_STATE");
    CHECK(code_of([&] { all.all_of(kArtifacts); }) == "INVALID_STATE");
    return message_of([&] { all.check(); });
  };
  CHECK(contains(fault({}), "'acme', which is not installed"));
  CHECK(contains(fault({provides("other", {"oss"})}), "'acme', which is not installed"));
  CHECK(contains(fault({broken("acme")}), "'acme', which is broken: /plugins/acme/plugin.toml:3:1: wrong"));
  CHECK(contains(fault({provides("acme", {"xet"})}), "'acme', which does not provide it"));
  Policy policy = bound("oss", "acme");
  policy.allow = {"other"};
  CHECK(contains(fault({provides("acme", {"oss"})}, policy), "'acme', which is not allowed"));
}

TEST_CASE("plugins that the policy does not allow or that need another protocol claim nothing") {
  Policy policy;
  policy.allow = {"a*"};
  const Catalog some = catalog({provides("acme", {"oss"}), provides("other", {"oss"})}, policy);
  some.check();
  CHECK(server_of(some, "oss:x") == "acme");
  CHECK(some.entries()[1].standing == Standing::kNotAllowed);
  FoundManifest newer = provides("acme", {"oss"});
  newer.summary.protocol = {2, 0};
  const Catalog all = catalog({newer});
  CHECK(all.entries()[0].reason == "it needs plugin protocol 2.0, this host speaks 1.0");
  CHECK(code_of([&] { all.for_uri(kArtifacts, "oss:x"); }) == "INVALID_PARAMETER_VALUE");
  CHECK(contains(refusal(all, "oss:x"),
                 "The plugin 'acme' 1.0.0 in /plugins/acme would provide it but is left out: it needs plugin "
                 "protocol 2.0, this host speaks 1.0."));
  newer.summary.protocol = {1, 7};
  CHECK(contains(refusal(catalog({newer}), "oss:x"), "it needs plugin protocol 1.7, this host speaks 1.0."));
  CHECK(contains(refusal(catalog({provides("other", {"oss"})}, policy), "oss:x"), "no pattern of 'allow'"));
}

TEST_CASE("an unknown scheme is answered with what is known and what would provide it") {
  const Catalog all = catalog({provides("acme", {"zzz"})});
  const std::string message = refusal(all, "oss://user:hunter2@bucket/a");
  CHECK(contains(message, "There is no artifact_repository for the scheme 'oss'."));
  CHECK(contains(message, "Known are: plain paths, file, http, zzz (plugin acme)."));
  CHECK(contains(message, "The plugin 'aliyun-oss' would provide it"));
  CHECK_FALSE(contains(message, "hunter2"));
  CHECK(contains(refusal(all, "mssql+pyodbc://h"), "'sqlserver-artifacts' would provide it"));
  CHECK(
      contains(refusal(all, "elasticsearch://h", Kind::kTrackingStore), "'elasticsearch' would provide it"));
  CHECK_FALSE(contains(refusal(all, "never-heard-of:x"), "would provide"));
  CHECK(contains(refusal(all, "xy://h", Kind::kRegistryStore),
                 "no registry_store for the scheme 'xy'. None is known."));
}

TEST_CASE("a bare word is taken for a path, and the message says so") {
  const std::string message = refusal(catalog({}), "azureml", Kind::kTrackingStore);
  CHECK(contains(message, "There is no tracking_store for plain paths."));
  CHECK(contains(message, "'azureml' has no scheme and was taken for a path of this machine."));
  CHECK_FALSE(contains(refusal(catalog({}), "//u:hunter2@h/x", Kind::kTrackingStore), "hunter2"));
}

TEST_CASE("other kinds are found by name, deployment targets by scheme or bare word") {
  FoundManifest found = provides("acme", {});
  found.summary.provides = {{Kind::kProjectBackend, {"Slurm"}, {}}, {Kind::kDeploymentTarget, {"sage"}, {}}};
  const Catalog all = catalog({found});
  CHECK(all.for_name(Kind::kProjectBackend, "Slurm").plugin->id == "acme");
  CHECK(contains(message_of([&] { all.for_name(Kind::kProjectBackend, "slurm"); }),
                 "There is no project_backend named 'slurm'. Known are: Slurm (plugin acme)."));
  CHECK(server_of(all, "sage:/us-west-2", Kind::kDeploymentTarget) == "acme");
  CHECK(server_of(all, "Sage", Kind::kDeploymentTarget) == "acme");
  CHECK(all.all_of(Kind::kProjectBackend).size() == 1);
  CHECK(all.all_of(Kind::kRunContext).empty());
}

TEST_CASE("claims come sorted by name with winners first") {
  const Catalog all = catalog({provides("b", {"file", "x1"}), provides("a", {"file"})}, bound("file", "a"));
  std::vector<std::string> order;
  for (const Claim& claim : all.claims()) {
    if (claim.name.kind == kArtifacts) order.push_back(claim.name.name + "/" + claim.provider);
  }
  CHECK(order == std::vector<std::string>{"/", "file/a", "file/", "file/b", "http/", "x1/b"});
}

TEST_CASE("a folder of the configuration that is not there is an error") {
  Policy policy;
  policy.path = {"/no/such/folder"};
  CHECK(code_of([&] { load_catalog(kBuiltIns, policy, environment_of({})); }) == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE("a catalog is loaded from the search path") {
  const TestFolder folder;
  folder.write("acme/plugin.toml", manifest_text("acme", "\"oss\""));
  folder.write("bad/plugin.toml", "[plugin]\nid = \"really-bad\"\n");
  folder.write("worse/plugin.toml", "[plugin\n");
  const auto environment = environment_of({{"MILLRACE_PLUGIN_PATH", folder.path().string()}});
  const Catalog all = load_catalog(kBuiltIns, {}, environment);
  REQUIRE(all.entries().size() == 3);
  CHECK(server_of(all, "oss:x") == "acme");
  CHECK(all.find("really-bad")->standing == Standing::kBroken);
  CHECK(contains(all.find("worse")->reason, "plugin.toml:1:"));
}

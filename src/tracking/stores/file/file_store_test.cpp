// The parts below the store: paths, lines, YAML, journals. The store itself passes the conformance kit.

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/ids.h"
#include "tracking/stores/file/changes.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/metric_text.h"
#include "tracking/stores/file/shown_locations.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

using namespace millrace;
using namespace millrace::tracking::files;

namespace {

class TemporaryRoot {
 public:
  TemporaryRoot()
      : path_(std::filesystem::temp_directory_path() / ("millrace-files-" + random_token(12))),
        root_(path_.string(), Access::kReadWrite) {}
  ~TemporaryRoot() { std::filesystem::remove_all(path_); }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;

  const Root& root() const { return root_; }
  std::string content(const std::string& name) const {
    std::ifstream file(path_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name) << content;
  }

 private:
  std::filesystem::path path_;
  Root root_;
};

}  // namespace

TEST_CASE("URIs of folders are plain paths and file: URIs of this machine") {
  CHECK(is_file_store_uri("./mlruns"));
  CHECK(is_file_store_uri("file:///a"));
  CHECK_FALSE(is_file_store_uri("sqlite:///a.db"));
  CHECK_FALSE(is_file_store_uri(""));
  CHECK(file_store_path("./a b 100%") == "./a b 100%");
  CHECK(file_store_path("file:///a%20b") == "/a b");
  CHECK(file_store_path("file://localhost/a") == "/a");
  CHECK_THROWS_AS(file_store_path("file://host/a"), Error);
  CHECK_THROWS_AS(file_store_path("file:///a%2"), Error);
}

TEST_CASE("lines of metrics are read as they are written") {
  v1::Metric metric;
  metric.set_timestamp(5);
  metric.set_step(-3);
  for (const double value : {0.1, 1e-9, -0.0, 1e300, std::numeric_limits<double>::infinity(), 3.0}) {
    metric.set_value(value);
    const auto read = parse_run_line(run_line(metric));
    REQUIRE(read);
    CHECK(read->value() == value);
    CHECK(read->step() == -3);
  }
  metric.set_value(std::nan(""));
  CHECK(std::isnan(parse_run_line(run_line(metric))->value()));
  CHECK(parse_run_line("1 2")->step() == 0);
  CHECK(parse_run_line("1 2 7 ds abc")->dataset_digest() == "abc");
  CHECK(parse_model_line("1 2 7 run ds abc")->run_id() == "run");
  for (const char* bad : {"", "1", "x 1 2", "1 y 2", "1 2 z", "1 2 3 4", "1  2", "1 2 3 4 5 6 7 8"})
    CHECK_FALSE(parse_run_line(bad));
}

TEST_CASE("meta.yaml keeps any text, and what is none is refused with its path") {
  const std::string odd = "a: 'b'\n\"c\" \\ \x01 ü \xE2\x80\xA8 #";
  YamlText text;
  text.set("name", odd).set("number", int64_t{-5}).set_null("nothing");
  text.set("tags", std::map<std::string, std::string>{{"k: v", odd}});
  const YamlFields fields(text.text(), "here/meta.yaml");
  CHECK(fields.text("name") == odd);
  CHECK(fields.integer("number") == -5);
  CHECK_FALSE(fields.text("nothing"));
  CHECK(fields.mapping("tags").at("k: v") == odd);
  for (const char* bad : {"", "[", "- a", "\xFF", "a: b: c"}) {
    try {
      YamlFields(bad, "here/meta.yaml");
      FAIL("accepted: " << bad);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("here/meta.yaml") == 0);
    }
  }
}

TEST_CASE("a journal that a dead process left is finished, once") {
  const TemporaryRoot folder;
  folder.write("metrics", "1 1 1\n2 2");
  const std::string journal =
      std::string("millrace journal 1\n") + "p 5 1 0\na/b/cx" + "a 7 6 6\nmetrics2 2 2\n" + "end\n";
  folder.write(std::string(kOwnFolder) + "/journal-dead", journal);
  int told = 0;
  Changes::finish_interrupted(folder.root(), [&](const std::string&) { ++told; });
  CHECK(folder.content("a/b/c") == "x");
  CHECK(folder.content("metrics") == "1 1 1\n2 2\n2 2 2\n");
  Changes::finish_interrupted(folder.root(), [&](const std::string&) { ++told; });
  CHECK(told == 1);
}

TEST_CASE("changes are taken back when one of them cannot be made") {
  const TemporaryRoot folder;
  folder.write("kept", "before");
  Changes changes(folder.root());
  changes.put("kept", "after");
  changes.append("lines", "x\n");
  changes.move("nothing", "elsewhere");
  CHECK_THROWS_AS(changes.commit(), Error);
  CHECK(folder.content("kept") == "before");
  CHECK(folder.content("lines").empty());
  Changes conflict(folder.root());
  conflict.put("kept/below", "x");
  CHECK_THROWS_AS(conflict.commit(), Error);
}

TEST_CASE("artifacts elsewhere on this machine are not shown") {
  const TemporaryRoot folder;
  const ThingPlace place{ThingKind::kRun, "1/run", "run", "1", false};
  const std::string own = "file://" + folder.root().path() + "/1/run/artifacts";
  const auto shown = [&](const std::string& uri) {
    return shown_location(uri, place, folder.root(), {"/allowed"});
  };
  CHECK(shown("s3://bucket/x") == "s3://bucket/x");
  CHECK(shown(folder.root().path() + "/1/run/artifacts") == folder.root().path() + "/1/run/artifacts");
  CHECK(shown("/allowed/x") == "/allowed/x");
  for (const char* uri : {"/etc", "file:///etc", "/allowed/../etc", "", "relative"}) CHECK(shown(uri) == own);
}

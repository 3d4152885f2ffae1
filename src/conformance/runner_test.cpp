#include "conformance/runner.h"

#include <doctest/doctest.h>

#include <future>
#include <sstream>

using namespace millrace;
using namespace millrace::conformance;

namespace {

BoundCheck check(const std::string& name, std::function<void()> run, Theme theme = Theme::kCorrectness) {
  return {theme, name, [run = std::move(run)](SubjectSlot&, const Effort&) { run(); }};
}

const std::vector<BoundCheck> kOneOfEach{
    check("passes", [] {}),
    check("fails", [] { throw Failure("the value is \"lost\""); }),
    check(
        "is skipped", [] { throw NotApplicable("there is no way"); }, Theme::kCrash),
};

class Door : public SubjectControls {
 public:
  void kill() override { opened_.set_value(); }
  void wait() { opened_.get_future().wait(); }

 private:
  std::promise<void> opened_;
};

}  // namespace

TEST_CASE("every outcome of a check becomes a result with its reason") {
  const std::vector<BoundCheck> checks{
      check("error", [] { throw_not_found("gone"); }),
      check("exception", [] { throw std::runtime_error("oh"); }),
      check("anything", [] { throw 7; }),
  };
  const auto results = run_checks("kind", checks, {}).results();
  CHECK(results.at(0).reason == "unexpected error RESOURCE_DOES_NOT_EXIST: gone");
  CHECK(results.at(1).reason == "unexpected exception: oh");
  CHECK(results.at(2).reason == "an exception of unknown type was thrown");
}

TEST_CASE("a check that takes too long fails and its subject is killed") {
  const std::vector<BoundCheck> checks{{Theme::kCorrectness, "hangs", [](SubjectSlot& slot, const Effort&) {
                                          const auto door = std::make_shared<Door>();
                                          slot.put(door);
                                          door->wait();
                                        }}};
  KitOptions options;
  options.time_limit = std::chrono::milliseconds(20);
  const Result result = run_checks("kind", checks, options).results().at(0);
  CHECK(result.verdict == Verdict::kFailed);
  CHECK(result.reason == "not done within 20 ms");
}

TEST_CASE("when the time for all checks is over, what was not begun fails") {
  KitOptions options;
  options.deadline = std::chrono::steady_clock::now();
  const Report report = run_checks("kind", kOneOfEach, options);
  CHECK(report.summary() == "0 passed, 3 failed, 0 skipped");
  CHECK(report.results().at(0).reason == "not begun: the time for all checks is over");
}

TEST_CASE("options choose checks by theme and by name, and results are told as they come") {
  std::vector<std::string> told;
  KitOptions options;
  options.on_result = [&](const Result& result) { told.push_back(result.check); };
  options.themes = {Theme::kCrash};
  run_checks("kind", kOneOfEach, options);
  options.themes = {};
  options.containing = "ass";
  run_checks("kind", kOneOfEach, options);
  CHECK(told == std::vector<std::string>{"is skipped", "passes"});
}

TEST_CASE("themes have names") {
  CHECK(parse_theme("endurance") == Theme::kEndurance);
  CHECK_THROWS_WITH(parse_theme("speed"),
                    doctest::Contains("correctness, refusal, concurrency, endurance, crash"));
}

TEST_CASE("a report ends with counts and its exit status tells failures") {
  Report report = run_checks("kind", kOneOfEach, {});
  CHECK(report.summary() == "1 passed, 1 failed, 1 skipped");
  CHECK(report.exit_status() == 1);
  CHECK(run_checks("kind", {kOneOfEach[0], kOneOfEach[2]}, {}).exit_status() == 0);
  CHECK(run_checks("kind", {kOneOfEach[2]}, {}).exit_status() == 1);
}

TEST_CASE("a report is printed under headings with reasons") {
  std::ostringstream out;
  ReportPrinter printer(out);
  KitOptions options;
  options.on_result = [&](const Result& result) { printer.print(result); };
  printer.print_summary(run_checks("kind", kOneOfEach, options));
  CHECK(out.str().starts_with("kind, correctness\n  pass  passes (0."));
  CHECK(out.str().find("  FAIL  fails (0.") != std::string::npos);
  CHECK(out.str().find("\n        the value is \"lost\"\n\nkind, crash\n  skip  is skipped") !=
        std::string::npos);
  CHECK(out.str().ends_with("\n1 passed, 1 failed, 1 skipped\n"));
}

TEST_CASE("a name stands in the heading, and log lines below the reason, without control characters") {
  std::ostringstream out;
  Result result;
  result.kind = "kind";
  result.name = "acme";
  result.check = "c";
  result.verdict = Verdict::kFailed;
  result.reason = "a\x1b[2Jb";
  result.log = {"one", "t\two"};
  ReportPrinter(out).print(result);
  CHECK(out.str() ==
        "kind 'acme', correctness\n  FAIL  c (0.000 s)\n        a?[2Jb\n        log: one\n"
        "        log: t?wo\n");
  Report report;
  report.add(result);
  CHECK(report.json().find("\"name\":\"acme\",") != std::string::npos);
  CHECK(report.json().find("\"log\":[\"one\",\"t\\two\"],") != std::string::npos);
}

TEST_CASE("a report has a JSON form") {
  const std::string json = run_checks("kind", kOneOfEach, {}).json();
  CHECK(json.starts_with(
      "{\"passed\":1,\"failed\":1,\"skipped\":1,\"checks\":[{\"kind\":\"kind\","
      "\"name\":\"\",\"theme\":\"correctness\",\"check\":\"passes\",\"verdict\":\"passed\",\"reason\":\"\","
      "\"log\":[],\"seconds\":0."));
  CHECK(json.find("\"reason\":\"the value is \\\"lost\\\"\"") != std::string::npos);
  CHECK(json.ends_with("}]}"));
}

TEST_CASE("effort scales counts and keeps a least") {
  CHECK(Effort{}.of(1000, 10) == 1000);
  CHECK(Effort{0.1}.of(1000, 10) == 100);
  CHECK(Effort{0.001}.of(1000, 10) == 10);
}

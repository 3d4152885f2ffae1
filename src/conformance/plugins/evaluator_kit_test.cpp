// The kit for model_evaluator against a small evaluator that is right, and against the same with one defect.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "conformance/kits.h"
#include "conformance/plugins/fake_subject.h"
#include "millrace/v1/plugin/model_evaluator.gen.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::v1::plugin;

namespace {

// What can be wrong with the evaluator of this file.
enum class Flaw {
  kNone,
  kNoReason,
  kNoMetrics,
  kIllegalName,
  kSameName,
  kNewNames,
  kArtifactIsMissing,
  kArtifactLeadsOutside,
  kArtifactTwice,
  kAlwaysAnArtifact,
  kAskingWrites,
  kWritesBesideTheData,
  kInventsData,
  kInventsColumns,
  kJudgesNothing,
  kNamesWhatItLost,
  kMixesTasks,
  kChangesAbility,
  kBrokenByInterruption,
};

// The share of rows whose third column is as the second: enough for the kit's own table.
class Shares : public ModelEvaluator {
 public:
  explicit Shares(Flaw flaw) : flaw_(flaw) {}

  EvaluationAbility can_evaluate(const CallContext&, const EvaluationTask& task) override {
    EvaluationAbility ability;
    ability.set_able(task.model_type() == "regressor");
    if (flaw_ == Flaw::kChangesAbility) ability.set_able(++count_ % 3 == 0 || ability.able());
    if (!ability.able() && flaw_ != Flaw::kNoReason) ability.set_reason("regressors only");
    if (flaw_ == Flaw::kAskingWrites) write(task.artifact_directory() + "/asked");
    return ability;
  }

  EvaluationResult evaluate(const CallContext&, const EvaluationTask& task) override {
    EvaluationResult result;
    if (flaw_ != Flaw::kNoMetrics) add_metric(result, "agreement", agreement(task));
    if (flaw_ == Flaw::kIllegalName) add_metric(result, "agreement in %", 1);
    if (flaw_ == Flaw::kSameName) add_metric(result, "agreement", 1);
    if (flaw_ == Flaw::kNewNames) add_metric(result, "m" + std::to_string(++count_), 1);
    if (flaw_ == Flaw::kWritesBesideTheData) write(task.data_file() + ".index");
    if (!task.artifact_directory().empty() && flaw_ != Flaw::kNoMetrics) keep_report(task, result);
    if (task.artifact_directory().empty() && flaw_ == Flaw::kAlwaysAnArtifact)
      result.add_artifacts()->set_path("report");
    return result;
  }

 private:
  static void write(const std::string& file) { std::ofstream(file) << "x"; }

  static void add_metric(EvaluationResult& result, const std::string& name, double value) {
    result.add_metrics()->set_name(name);
    result.mutable_metrics()->rbegin()->set_value(value);
  }

  void keep_report(const EvaluationTask& task, EvaluationResult& result) const {
    const std::string file = task.artifact_directory() + "/report";
    if (flaw_ != Flaw::kArtifactIsMissing) write(file);
    const bool kept = std::filesystem::is_regular_file(file);
    if (!kept && flaw_ != Flaw::kNamesWhatItLost && flaw_ != Flaw::kArtifactIsMissing)
      throw Error(ErrorCode::kInternalError, "cannot write the report");
    result.add_artifacts()->set_path(flaw_ == Flaw::kArtifactLeadsOutside ? "../data.csv" : "report");
    if (flaw_ == Flaw::kArtifactTwice) result.add_artifacts()->set_path("report");
  }

  double agreement(const EvaluationTask& task) {
    std::ifstream file(task.data_file());
    if (!file && flaw_ != Flaw::kInventsData) throw_not_found("there is no such file");
    std::string line;
    const bool has_header = static_cast<bool>(std::getline(file, line));
    if (!has_header && flaw_ == Flaw::kJudgesNothing) return 0;
    if (!has_header && flaw_ != Flaw::kInventsData) throw_invalid_parameter("the file is empty");
    const bool looks = flaw_ != Flaw::kInventsColumns && flaw_ != Flaw::kInventsData;
    if (looks && !line.ends_with(task.predictions_column()))
      throw_invalid_parameter("there is no such column");
    int same = 0;
    for (; std::getline(file, line);) same += line.at(line.size() - 1) == line.at(line.size() - 3) ? 1 : 0;
    if (flaw_ == Flaw::kBrokenByInterruption && task.artifact_directory().empty()) broken_ = true;
    if (flaw_ == Flaw::kMixesTasks) return what_was_judged_last(same);
    return broken_ ? -1 : same;
  }

  // Right as long as there is one caller.
  int what_was_judged_last(int same) {
    last_ = same;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return last_;
  }

  Flaw flaw_;
  std::atomic<int> count_{0};
  std::atomic<int> last_{0};
  std::atomic<bool> broken_{false};
};

}  // namespace

TEST_CASE("every check of the kit for model_evaluator finds a defect and passes what is right") {
  const std::map<std::string, Flaw> flaws{
      {"what it cannot judge has a reason and is no error", Flaw::kNoReason},
      {"what it can judge has a result", Flaw::kNoMetrics},
      {"judging again gives the same metrics", Flaw::kNewNames},
      {"each metric comes once and has a legal name", Flaw::kIllegalName},
      {"artifacts are files of the folder for them", Flaw::kArtifactIsMissing},
      {"without a folder for artifacts there are none", Flaw::kAlwaysAnArtifact},
      {"asking whether it can writes nothing", Flaw::kAskingWrites},
      {"the data are left as they were", Flaw::kWritesBesideTheData},
      {"data that are not there are RESOURCE_DOES_NOT_EXIST", Flaw::kInventsData},
      {"a column that is not there is INVALID_PARAMETER_VALUE", Flaw::kInventsColumns},
      {"an empty file is INVALID_PARAMETER_VALUE", Flaw::kJudgesNothing},
      {"artifacts that cannot be kept are not named", Flaw::kNamesWhatItLost},
      {"16 tasks at once are kept apart", Flaw::kMixesTasks},
      {"it judges as before after SIGKILL in mid-evaluation", Flaw::kBrokenByInterruption},
      {kAnswersManyAtOnce, Flaw::kChangesAbility},
  };
  Spoiled<ModelEvaluator> spoiled;
  for (const auto& [check, flaw] : flaws) spoiled[check] = std::make_shared<Shares>(flaw);
  CHECK(complaints<ModelEvaluator>(model_evaluator_kit(), std::make_shared<Shares>(Flaw::kNone), spoiled) ==
        "");
}

TEST_CASE("the kit for model_evaluator finds artifacts outside their folder, and names given twice") {
  for (const auto& [flaw, name] : std::map<Flaw, std::string>{
           {Flaw::kArtifactLeadsOutside, "artifacts are files of the folder for them"},
           {Flaw::kArtifactTwice, "artifacts are files of the folder for them"},
           {Flaw::kSameName, "each metric comes once and has a legal name"}}) {
    KitOptions options;
    options.containing = name;
    const auto report = run_kit<ModelEvaluator>(
        model_evaluator_kit(),
        [&, broken = flaw] {
          return std::make_shared<FakeSubject<ModelEvaluator>>(std::make_shared<Shares>(broken),
                                                               std::map<std::string, std::string>{}, "");
        },
        options);
    REQUIRE(report.results().size() == 1);
    CHECK(report.results()[0].verdict == Verdict::kFailed);
  }
}

TEST_CASE("an evaluator that can judge none of the kit's tasks is told which samples to give") {
  KitOptions options;
  options.containing = "what it can judge";
  const auto report = run_kit<ModelEvaluator>(
      model_evaluator_kit(),
      [&] {
        return std::make_shared<FakeSubject<ModelEvaluator>>(
            std::make_shared<Shares>(Flaw::kNone),
            std::map<std::string, std::string>{{"model_type", "question-answering"}}, "");
      },
      options);
  REQUIRE(report.results().size() == 1);
  CHECK(report.results()[0].verdict == Verdict::kNotApplicable);
  CHECK(report.results()[0].reason.find("question-answering: regressors only") != std::string::npos);
}

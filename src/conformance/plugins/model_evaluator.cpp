#include <algorithm>
#include <set>

#include "conformance/interruption.h"
#include "conformance/kits.h"
#include "conformance/plugins/evaluation_words.h"
#include "millrace/v1/plugin/model_evaluator.gen.h"

namespace millrace::conformance {
namespace {

namespace fs = std::filesystem;
using v1::plugin::EvaluationResult;
using v1::plugin::EvaluationTask;

const CallContext kContext;
constexpr size_t kLongestName = 250;

// A check with a task that the evaluator can judge.
using CaseCheck = void (*)(ModelEvaluator&, EvaluationCase&);

Check<ModelEvaluator> on_case(Theme theme, const std::string& name, CaseCheck run) {
  return {theme, name, [run](Subject<ModelEvaluator>& subject, const Effort&) {
            const auto evaluator = subject.open_new();
            EvaluationCase one(subject);
            one.choose_type_for(*evaluator);
            run(*evaluator, one);
          }};
}

std::vector<EvaluationTask> strange_tasks() {
  std::vector<EvaluationTask> tasks(5);
  tasks[1].set_model_type("kit-no-such-type");
  tasks[2].set_model_directory("/no/such/folder");
  tasks[2].set_data_file("/no/such/file.parquet");
  tasks[3].set_model_type("classifier");
  tasks[3].set_data_file("/");
  tasks[3].set_predictions_column("\xf0\x9f\x9a\x80");
  tasks[4].set_model_type(std::string(100'000, 'x'));
  return tasks;
}

void what_it_cannot_judge_has_a_reason(ModelEvaluator& evaluator) {
  for (const EvaluationTask& task : strange_tasks()) {
    const auto ability = evaluator.can_evaluate(kContext, task);
    require(ability.able() || !ability.reason().empty(), "it cannot judge a task and does not tell why");
  }
}

void what_it_can_judge_has_a_result(ModelEvaluator& evaluator, EvaluationCase& one) {
  const EvaluationResult result = evaluator.evaluate(kContext, one.task());
  require(result.metrics_size() + result.artifacts_size() > 0,
          "it says that it can judge the task and gives neither metrics nor artifacts");
}

bool is_legal_in_name(unsigned char c) {
  return std::isalnum(c) != 0 || c >= 0x80 ||
         std::string_view("_-. :/").find(static_cast<char>(c)) != std::string_view::npos;
}

void metrics_have_legal_names(ModelEvaluator& evaluator, EvaluationCase& one) {
  const EvaluationResult result = evaluator.evaluate(kContext, one.task());
  for (const auto& metric : result.metrics()) {
    const std::string& name = metric.name();
    require(!name.empty() && name.size() <= kLongestName, "the name '" + name + "' is empty or too long");
    require(std::all_of(name.begin(), name.end(), is_legal_in_name) && !name.starts_with('/') &&
                fs::path(name).lexically_normal() == name && *fs::path(name).begin() != "..",
            "'" + name + "' is no name that a metric may have");
  }
  require_count(static_cast<int64_t>(metrics_of(result).size()), result.metrics_size(),
                "different names of metrics");
}

void judging_again_gives_the_same_metrics(ModelEvaluator& evaluator, EvaluationCase& one) {
  const auto names = [&] {
    std::string text;
    for (const auto& [name, value] : metrics_of(evaluator.evaluate(kContext, one.task()))) text += name + " ";
    return text;
  };
  const std::string first = names();
  require_equal(names(), first, "the metrics of the same task");
}

bool lies_within(const fs::path& folder, const fs::path& file) {
  const std::string root = fs::canonical(folder).string() + "/";
  return fs::canonical(file).string().starts_with(root);
}

void artifacts_are_files_of_the_folder(ModelEvaluator& evaluator, EvaluationCase& one) {
  const EvaluationResult result = evaluator.evaluate(kContext, one.task());
  const fs::path folder = one.task().artifact_directory();
  std::set<std::string> paths;
  for (const auto& artifact : result.artifacts()) {
    const fs::path file = folder / artifact.path();
    require(fs::path(artifact.path()).is_relative(), "the path '" + artifact.path() + "' is not relative");
    require(fs::symlink_status(file).type() == fs::file_type::regular,
            "the artifact '" + artifact.path() + "' is named and is no file of its folder");
    require(lies_within(folder, file), "the artifact '" + artifact.path() + "' lies outside its folder");
    require(paths.insert(artifact.path()).second, "the artifact '" + artifact.path() + "' is named twice");
  }
}

void no_artifacts_where_none_are_wanted(ModelEvaluator& evaluator, EvaluationCase& one) {
  one.task().clear_artifact_directory();
  const EvaluationResult result = evaluator.evaluate(kContext, one.task());
  require_count(result.artifacts_size(), 0, "artifacts without a folder for them");
}

void asking_writes_nothing(ModelEvaluator& evaluator, EvaluationCase& one) {
  evaluator.can_evaluate(kContext, one.task());
  require(fs::is_empty(one.task().artifact_directory()), "CanEvaluate has written an artifact");
}

// The names beside the data, and what stands in them.
std::string state_of(const fs::path& data) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(data.parent_path()))
    names.insert(entry.path().filename().string());
  std::string state;
  for (const std::string& name : names) state += name + "\n";
  return state + content_of_file(data);
}

void the_data_are_left_as_they_were(ModelEvaluator& evaluator, EvaluationCase& one) {
  const std::string before = state_of(one.task().data_file());
  evaluator.evaluate(kContext, one.task());
  require(state_of(one.task().data_file()) == before, "the data file or its folder are not as they were");
}

void missing_data_do_not_exist(ModelEvaluator& evaluator, EvaluationCase& one) {
  one.task().set_data_file((one.folder().path() / "missing.csv").string());
  require_error([&] { evaluator.evaluate(kContext, one.task()); }, ErrorCode::kResourceDoesNotExist,
                "judging data that are not there");
}

void a_missing_column_is_refused(ModelEvaluator& evaluator, EvaluationCase& one) {
  if (!one.judges_predictions()) throw NotApplicable("it judges a model, which predicts itself");
  one.task().set_predictions_column("kit-no-such-column");
  require_error([&] { evaluator.evaluate(kContext, one.task()); }, ErrorCode::kInvalidParameterValue,
                "judging predictions of a column that is not there");
}

void data_without_rows_are_refused(ModelEvaluator& evaluator, EvaluationCase& one) {
  one.task().set_data_file(one.folder().add_file("empty.csv", ""));
  require_error([&] { evaluator.evaluate(kContext, one.task()); }, ErrorCode::kInvalidParameterValue,
                "judging an empty file");
}

// Below a file nothing can be made, whoever asks: permissions would not stop root.
void what_cannot_be_kept_is_not_named(ModelEvaluator& evaluator, EvaluationCase& one) {
  one.task().set_artifact_directory(one.folder().add_file("file", "x") + "/artifacts");
  EvaluationResult result;
  try {
    result = evaluator.evaluate(kContext, one.task());
  } catch (const Error&) {
    return;
  }
  require_count(result.artifacts_size(), 0, "artifacts in a folder that cannot be written");
}

// What does not change from one time to the next, as a duration would.
Metrics steady_metrics(ModelEvaluator& evaluator, const EvaluationTask& task) {
  Metrics metrics = metrics_of(evaluator.evaluate(kContext, task));
  const Metrics again = metrics_of(evaluator.evaluate(kContext, task));
  std::erase_if(metrics, [&](const auto& metric) {
    const auto other = again.find(metric.first);
    return other == again.end() || !same_value(other->second, metric.second);
  });
  return metrics;
}

void require_metrics(const EvaluationResult& result, const Metrics& expected, const std::string& what) {
  const Metrics found = metrics_of(result);
  for (const auto& [name, value] : expected) {
    const auto metric = found.find(name);
    require(metric != found.end(), what + " lacks the metric '" + name + "'");
    require(same_value(metric->second, value), what + ": '" + name + "' is " +
                                                   std::to_string(metric->second) + " instead of " +
                                                   std::to_string(value));
  }
}

void tasks_at_once_are_kept_apart(Subject<ModelEvaluator>& subject, const Effort& effort) {
  const auto evaluator = subject.open_new();
  std::vector<std::unique_ptr<EvaluationCase>> cases;
  std::vector<Metrics> expected;
  for (int wrong = 0; wrong < 16; ++wrong) {
    cases.push_back(std::make_unique<EvaluationCase>(subject, wrong % 12));
    cases.back()->choose_type_for(*evaluator);
    expected.push_back(steady_metrics(*evaluator, cases.back()->task()));
  }
  all_at_once(16, [&](int number) {
    const auto at = static_cast<size_t>(number);
    for (int i = 0; i < effort.of(10, 3); ++i)
      require_metrics(evaluator->evaluate(kContext, cases.at(at)->task()), expected.at(at),
                      "a result among many");
  });
}

void evaluations_leave_memory(Subject<ModelEvaluator>& subject, const Effort& effort) {
  const auto evaluator = subject.open_new();
  EvaluationCase one(subject);
  one.choose_type_for(*evaluator);
  one.task().clear_artifact_directory();  // eight callers would write the same files
  require_flat_memory(subject, effort.of(500, 50), [&](int) { evaluator->evaluate(kContext, one.task()); });
}

void it_judges_after_a_kill(Subject<ModelEvaluator>& subject, const Effort&) {
  EvaluationCase one(subject);
  Metrics expected;
  {
    const auto evaluator = subject.open_new();
    one.choose_type_for(*evaluator);
    expected = steady_metrics(*evaluator, one.task());
    EvaluationTask interrupted = one.task();
    interrupted.clear_artifact_directory();
    kill_in_mid_write(subject, 2, 4, [&](int, int) { evaluator->evaluate(kContext, interrupted); });
  }
  require_metrics(subject.reopen()->evaluate(kContext, one.task()), expected, "the result after a kill");
}

std::string call(ModelEvaluator& evaluator) {
  return evaluator.can_evaluate(kContext, strange_tasks().at(1)).able() ? "able" : "not able";
}

}  // namespace

Kit<ModelEvaluator> model_evaluator_kit() {
  const auto correct = [](const char* name, CaseCheck run) {
    return on_case(Theme::kCorrectness, name, run);
  };
  const auto refusal = [](const char* name, CaseCheck run) { return on_case(Theme::kRefusal, name, run); };
  Kit<ModelEvaluator> kit{
      "model_evaluator",
      {on_new("what it cannot judge has a reason and is no error", what_it_cannot_judge_has_a_reason),
       correct("what it can judge has a result", what_it_can_judge_has_a_result),
       correct("each metric comes once and has a legal name", metrics_have_legal_names),
       correct("judging again gives the same metrics", judging_again_gives_the_same_metrics),
       correct("artifacts are files of the folder for them", artifacts_are_files_of_the_folder),
       correct("without a folder for artifacts there are none", no_artifacts_where_none_are_wanted),
       correct("asking whether it can writes nothing", asking_writes_nothing),
       correct("the data are left as they were", the_data_are_left_as_they_were),
       refusal("data that are not there are RESOURCE_DOES_NOT_EXIST", missing_data_do_not_exist),
       refusal("a column that is not there is INVALID_PARAMETER_VALUE", a_missing_column_is_refused),
       refusal("an empty file is INVALID_PARAMETER_VALUE", data_without_rows_are_refused),
       refusal("artifacts that cannot be kept are not named", what_cannot_be_kept_is_not_named),
       {Theme::kConcurrency, "16 tasks at once are kept apart", tasks_at_once_are_kept_apart},
       {Theme::kEndurance, kEvaluationsLeaveMemory, evaluations_leave_memory},
       {Theme::kCrash, "it judges as before after SIGKILL in mid-evaluation", it_judges_after_a_kill}}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance

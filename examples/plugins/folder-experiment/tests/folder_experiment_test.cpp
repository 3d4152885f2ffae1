#include <doctest/doctest.h>

#include "example.h"
#include "millrace/v1/plugin/default_experiment.proxy.gen.h"

using namespace millrace;
using namespace millrace::examples;

namespace {

// One open plugin that is asked where a process with a folder and variables belongs; "" when it has no
// answer.
class Asked {
 public:
  explicit Asked(Place place, const std::map<std::string, std::string>& settings = {})
      : example_("folder-experiment", place, settings),
        plugin_(example_.open<plugin::DefaultExperimentProxy>(plugin::Kind::kDefaultExperiment, "folder")) {}

  std::string experiment(const std::string& folder,
                         const std::map<std::string, std::string>& variables = {}) {
    v1::plugin::RunContextQuery query;
    query.set_working_directory(folder);
    query.mutable_environment()->insert(variables.begin(), variables.end());
    const auto choice = plugin_->get_default_experiment(kContext, query);
    CHECK(choice.applies() == !choice.experiment_name().empty());
    return choice.experiment_name();
  }

 private:
  Example example_;
  std::unique_ptr<plugin::DefaultExperimentProxy> plugin_;
};

}  // namespace

TEST_CASE("folder-experiment: all of a git repository belongs to the experiment of its name") {
  const Folder folder;
  folder.put("model/.git/HEAD", "ref: refs/heads/main\n");
  folder.put("model/src/deep/train.py", "");
  for (const Place place : kPlaces) {
    Asked asked(place);
    CHECK(asked.experiment(folder.path("model")) == "model");
    CHECK(asked.experiment(folder.path("model/src/deep")) == "model");
    CHECK(asked.experiment(folder.path("model/src/gone")) == "model");
  }
}

TEST_CASE("folder-experiment: the remote gives the name that all clones share, without its credentials") {
  const Folder folder;
  for (const Place place : kPlaces) {
    Asked asked(place);
    for (const char* url : {"https://ada:secret@git.example.com/team/vision.git",
                            "git@git.example.com:vision.git", "ssh://git.example.com/vision/"}) {
      folder.put(
          "clone-7/.git/config",
          "[core]\n\turl = no\n[remote \"upstream\"]\n\turl = x/other.git\n[remote \"origin\"]\r\n\turl = " +
              std::string(url) + "\r\n\tfetch = +refs/heads/*\n");
      CHECK(asked.experiment(folder.path("clone-7")) == "vision");
    }
  }
}

TEST_CASE("folder-experiment: a variable decides before the repository") {
  const Folder folder;
  folder.put("model/.git/HEAD", "");
  for (const Place place : kPlaces) {
    Asked asked(place, {{"prefix", "team/"}});
    CHECK(asked.experiment(folder.path("model"), {{"EXPERIMENT_NAME", "nightly"}}) == "team/nightly");
    CHECK(asked.experiment(folder.path("model"), {{"EXPERIMENT_NAME", ""}}) == "team/model");
  }
}

TEST_CASE("folder-experiment: a folder of no repository names an experiment only where that is wanted") {
  const Folder folder;
  for (const Place place : kPlaces) {
    CHECK(Asked(place).experiment(folder.path("data")).empty());
    Asked any(place, {{"any-folder", "true"}});
    CHECK(any.experiment(folder.path("data")) == "data");
    CHECK(any.experiment("/").empty());
    CHECK(any.experiment("").empty());
  }
}

TEST_CASE("folder-experiment: names are such as experiments may have") {
  for (const Place place : kPlaces) {
    Asked asked(place);
    CHECK(asked.experiment("/", {{"EXPERIMENT_NAME", "a\nb"}}) == "a b");
    std::string longest;
    for (int i = 0; i < 400; ++i) longest += "\xc3\xa4";
    CHECK(asked.experiment("/", {{"EXPERIMENT_NAME", "x" + longest}}) == "x" + longest.substr(0, 498));
  }
}

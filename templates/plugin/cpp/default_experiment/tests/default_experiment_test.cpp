#include "default_experiment.h"

#include <cstdlib>
#include <filesystem>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

v1::plugin::DefaultExperimentChoice choice_for(const std::string& folder) {
  v1::plugin::RunContextQuery query;
  query.set_working_directory(folder);
  return SamplePlugin(options({{"prefix", "team-a/"}})).get_default_experiment({}, query);
}

void a_repository_gives_the_name(const fs::path& folder) {
  fs::create_directories(folder / "fraud" / ".git");
  fs::create_directories(folder / "fraud" / "src");
  for (const char* path : {"fraud", "fraud/", "fraud/src"}) {
    const auto choice = choice_for((folder / path).string());
    check(choice.applies() && choice.experiment_name() == "team-a/fraud", "the name of the repository");
  }
}

void elsewhere_it_does_not_apply() {
  for (const std::string& folder :
       {std::string("/"), std::string(), std::string("x"), "/" + std::string(5000, 'x')})
    check(!choice_for(folder).applies(), "there is no repository in '" + folder + "'");
}

}  // namespace

int main() {
  std::string pattern = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(pattern.data()) != nullptr, "a folder for the test");
  a_repository_gives_the_name(pattern);
  elsewhere_it_does_not_apply();
  fs::remove_all(pattern);
}

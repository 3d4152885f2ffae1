// Tags runs with the SLURM job that makes them. SLURM tells a job about itself in environment variables;
// those that plugin.toml declares, and no others, come with each question.

#include <array>

#include "millrace/plugin.h"

namespace {

using namespace millrace;
using v1::plugin::RunContextQuery;
using v1::plugin::RunContextTags;

constexpr size_t kLongestKey = 250;
constexpr size_t kLongestValue = 8000;

struct Variable {
  const char* name;
  const char* tag;
};

constexpr std::array<Variable, 12> kVariables{{{"SLURM_JOB_ID", "job_id"},
                                               {"SLURM_JOB_NAME", "job_name"},
                                               {"SLURM_ARRAY_JOB_ID", "array_job_id"},
                                               {"SLURM_ARRAY_TASK_ID", "array_task_id"},
                                               {"SLURM_CLUSTER_NAME", "cluster"},
                                               {"SLURM_JOB_PARTITION", "partition"},
                                               {"SLURM_JOB_ACCOUNT", "account"},
                                               {"SLURM_JOB_USER", "user"},
                                               {"SLURM_JOB_NODELIST", "nodes"},
                                               {"SLURM_NTASKS", "tasks"},
                                               {"SLURM_PROCID", "rank"},
                                               {"SLURM_RESTART_COUNT", "restarts"}}};

// A list of nodes may be longer than a tag. The cut does not go through a character.
std::string shortened(const std::string& value) {
  if (value.size() <= kLongestValue) return value;
  size_t end = kLongestValue - 3;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end) + "...";
}

class SlurmContext : public RunContext {
 public:
  explicit SlurmContext(const PluginOptions& options) : prefix_(options.text("prefix")) {
    if (prefix_.size() > kLongestKey / 2) throw_invalid_parameter("The setting 'prefix' is too long.");
  }

  RunContextTags get_tags(const CallContext&, const RunContextQuery& query) override {
    RunContextTags answer;
    if (!query.environment().contains("SLURM_JOB_ID")) return answer;  // a process outside SLURM
    answer.set_applies(true);
    for (const Variable& variable : kVariables) {
      const auto found = query.environment().find(variable.name);
      if (found == query.environment().end() || found->second.empty()) continue;
      v1::RunTag& tag = *answer.add_tags();
      tag.set_key(prefix_ + variable.tag);
      tag.set_value(shortened(found->second));
    }
    return answer;
  }

 private:
  const std::string prefix_;
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<RunContext>(
      "slurm", [](const PluginOptions& options) { return std::make_shared<SlurmContext>(options); });
}

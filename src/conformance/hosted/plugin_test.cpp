#include "conformance/hosted/plugin_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <future>
#include <thread>

#include "base/error.h"
#include "conformance/hosted/hosted_instances.h"
#include "conformance/hosted/hosted_kits.h"
#include "conformance/hosted/root_rights.h"

namespace millrace::conformance {
namespace {

// How long opening may take once the process runs; a server waits for 30 s.
constexpr std::chrono::seconds kOpenLimit{15};

using Targets = std::vector<std::shared_ptr<HostedTarget>>;

bool is_meant(const PluginTest& test, const plugin::Provision& provision, const std::string& name) {
  if (test.kind && *test.kind != provision.kind) return false;
  return test.name.empty() || test.name == name;
}

plugin::Settings settings_for(const PluginTest& test, const plugin::TestTable& table) {
  plugin::Settings settings = test.settings;
  for (const auto& [key, value] : table.settings) settings[key] = Secret(std::string_view(value));
  for (const auto& [key, value] : test.overrides) settings[key] = value;
  return settings;
}

Targets targets_of(const PluginTest& test, const std::shared_ptr<HostedPlugin>& plugin, bool bound) {
  Targets targets;
  for (size_t i = 0; i < test.manifest.provides.size(); ++i) {
    const plugin::Provision& provision = test.manifest.provides[i];
    for (const std::string& name : provision.names) {
      if (!is_meant(test, provision, name)) continue;
      HostedTarget target;
      target.plugin = plugin;
      target.kind = provision.kind;
      target.name = name;
      target.test = test.manifest.tests.at(i);
      target.settings = settings_for(test, target.test);
      target.environment = test.environment;
      target.permissions_bind = bound;
      targets.push_back(std::make_shared<HostedTarget>(std::move(target)));
    }
  }
  return targets;
}

// Waits for something that a plugin may hang in; `give_up` is to end it. A thread that stays is left behind
// with what it uses.
void within(std::chrono::milliseconds limit, const std::string& what, const std::function<void()>& action,
            const std::function<void()>& give_up) {
  std::packaged_task<void()> task(action);
  std::future<void> done = task.get_future();
  std::thread thread(std::move(task));
  const bool in_time = done.wait_for(limit) == std::future_status::ready;
  if (!in_time) give_up();
  if (in_time || done.wait_for(std::chrono::seconds(5)) == std::future_status::ready) {
    thread.join();
  } else {
    thread.detach();
  }
  if (in_time) return done.get();
  throw Error(ErrorCode::kTemporarilyUnavailable,
              what + " is not done within " +
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + " s.");
}

// Whatever goes wrong with writing is for the checks to find.
bool leaves_files(const HostedKit* kit, const std::shared_ptr<plugin::Channel>& channel,
                  const std::filesystem::path& folder) {
  if (kit == nullptr || !kit->leave_trace) return false;
  try {
    kit->leave_trace(channel);
  } catch (const std::exception&) {
    return false;
  }
  return has_files(folder);
}

// The instance that tells what a target can do stays open, with its folder, while the checks run.
struct FirstInstance {
  HostedInstances instances;
  std::shared_ptr<plugin::Channel> channel;

  explicit FirstInstance(const HostedTarget& target)
      : instances(std::make_shared<const HostedTarget>(target)) {}
};

// So that the time for opening is not spent on starting; the one who opens gets this process.
void start(HostedPlugin& plugin) {
  const auto process = plugin.take();
  process->session();
  plugin.give_back(process);
}

void open_first(const std::shared_ptr<HostedTarget>& target) {
  const auto first = std::make_shared<FirstInstance>(*target);
  const auto& manifest = target->plugin->manifest();
  const auto give_up = [&] {
    if (!target->plugin->in_process()) first->instances.kill();
  };
  if (!target->plugin->in_process()) start(*target->plugin);
  within(
      kOpenLimit, "Opening the plugin '" + manifest.id + "'",
      [first] { first->channel = first->instances.open_new(); }, give_up);
  const HostedKit* kit = find_hosted_kit(target->kind);
  within(
      2 * HostedPlugin::kLongestWait, "Writing to the plugin '" + manifest.id + "' for the first time",
      [first, target, kit] {
        target->keeps_files = leaves_files(kit, first->channel, first->instances.folder());
      },
      give_up);
  first->instances.give_back();
  target->first = {first, first->channel.get()};
}

Result without_kit(const HostedTarget& target) {
  Result result;
  result.kind = kind_name(target.kind);
  result.name = target.name;
  result.check = "(no kit)";
  result.verdict = Verdict::kNotApplicable;
  result.reason = "there is no kit for this kind";
  return result;
}

// The options of a caller, and what a result says about this target.
KitOptions options_for(const KitOptions& given, const std::shared_ptr<const HostedTarget>& target) {
  KitOptions options = given;
  options.on_start = [given, target](const std::string& check) {
    target->plugin->log().clear();
    if (given.on_start) given.on_start(check);
  };
  options.on_result = [given, target](Result& result) {
    result.name = target->name;
    result.reason = as_utf8(result.reason);
    if (result.verdict == Verdict::kFailed) result.log = target->plugin->log().lines();
    if (given.on_result) given.on_result(result);
  };
  return options;
}

Report run_kit_of(const std::shared_ptr<const HostedTarget>& target, const KitOptions& given) {
  if (const HostedKit* kit = find_hosted_kit(target->kind)) {
    return kit->run(target, options_for(given, target));
  }
  Report report;
  Result result = without_kit(*target);
  if (given.on_result) given.on_result(result);
  report.add(std::move(result));
  return report;
}

// What a plugin said when it failed to open is often the only explanation.
void open_all(const Targets& targets) {
  for (const auto& target : targets) {
    try {
      open_first(target);
    } catch (const Error& error) {
      std::string message = error.what();
      for (const std::string& line : target->plugin->log().lines()) {
        if (message.find(line) == std::string::npos && line.find(error.what()) == std::string::npos)
          message += "\n  log: " + line;
      }
      throw Error(error.code(), "The " + std::string(kind_name(target->kind)) + " '" + target->name +
                                    "' cannot be opened. " + as_utf8(message));
    }
  }
}

Targets open_targets(const PluginTest& test, bool bound) {
  const auto plugin = std::make_shared<HostedPlugin>(test.manifest, test.in_process, test.scratch);
  Targets targets = targets_of(test, plugin, bound);
  if (targets.empty()) {
    throw_invalid_parameter("The plugin '" + test.manifest.id + "' provides no such kind or name. See " +
                            "`millrace plugin info`, or plugin.toml.");
  }
  open_all(targets);
  return targets;
}

// Root may run plugins that others keep for themselves, which permissions would stop.
bool is_open_to_us(const std::filesystem::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return false;
  return status.st_uid == geteuid() || (status.st_mode & (S_IROTH | S_IXOTH)) == (S_IROTH | S_IXOTH);
}

Report run_bound(const PluginTest& test, bool bound) {
  Report report;
  for (const auto& target : open_targets(test, bound)) report.append(run_kit_of(target, test.options));
  return report;
}

}  // namespace

Report test_plugin(const PluginTest& test) {
  // On a thread of its own, as permissions bind what it starts from here on.
  std::packaged_task<Report()> task([&test] {
    return run_bound(test, is_open_to_us(test.manifest.folder) && bind_programs_to_permissions());
  });
  std::future<Report> report = task.get_future();
  std::thread(std::move(task)).join();
  return report.get();
}

}  // namespace millrace::conformance

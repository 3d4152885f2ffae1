#include "conformance/hosted/hosted_instances.h"

#include <thread>

#include "base/error.h"
#include "conformance/check.h"
#include "conformance/data_in_memory.h"
#include "conformance/hosted/command.h"
#include "conformance/hosted/descendants.h"
#include "conformance/hosted/timed_channel.h"

namespace millrace::conformance {
namespace {

// A stream of a check passes 64 MiB at most.
constexpr std::chrono::seconds kStreamLimit{60};
constexpr std::chrono::seconds kCommandLimit{30};
// By custom, a test that exits with it says that it does not apply.
constexpr int kDoesNotApply = 77;

// Adds how a process ended to what it logged; the host tells of it only when it starts the next one.
void tell_end(const plugin::ChildPlugin& process, Log& log) {
  if (is_sound(process) || process.health().starts > 1) return;
  for (int i = 0; i < 50 && process.process_id(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (!process.process_id()) log.error(process.health().fault);
}

}  // namespace

HostedInstances::HostedInstances(std::shared_ptr<const HostedTarget> target)
    : target_(std::move(target)), folders_{target_->plugin->make_folder()} {}

HostedInstances::~HostedInstances() {
  try {
    permit();
  } catch (const std::exception&) {
    // The check has told, or is over; the folder goes in any case.
  }
  for (const auto& folder : folders_) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  if (!spoiled_) give_back();
}

void HostedInstances::give_back() {
  const std::lock_guard lock(mutex_);
  for (Process& process : processes_) target_->plugin->give_back(std::move(process));
  processes_.clear();
}

std::shared_ptr<plugin::Channel> HostedInstances::open_new() {
  if (folder_used_) folders_.push_back(target_->plugin->make_folder());
  folder_used_ = true;
  return open_in(target_->plugin->in_process() ? nullptr : process());
}

std::shared_ptr<plugin::Channel> HostedInstances::reopen() {
  if (target_->test.in_memory)
    throw NotApplicable("it keeps its data in memory, as its plugin.toml says: what is opened again is new");
  return open_in(target_->plugin->in_process() ? nullptr : add_process());
}

bool HostedInstances::declares(const std::string& capability) const {
  if (capability == kDataInMemory) return target_->test.in_memory;
  return target_->first->has_capability(capability);
}

void HostedInstances::kill() {
  if (target_->plugin->in_process())
    throw NotApplicable("it runs inside this process, which cannot be killed");
  const std::lock_guard lock(mutex_);
  for (const Process& process : processes_) process->kill();
  processes_.clear();
}

// A plugin may be a script that starts the program proper.
Footprint HostedInstances::footprint() {
  const std::vector<pid_t> processes = process_ids();
  if (processes.empty()) throw NotApplicable("it runs inside this process, whose memory is not its own");
  Footprint sum;
  for (const pid_t process : processes) {
    const Footprint one = footprint_of(process);
    sum.memory_bytes += one.memory_bytes;
    sum.descriptors += one.descriptors;
  }
  return sum;
}

void HostedInstances::deny(Denial denial) {
  const plugin::TestTable& test = target_->test;
  if (denial == Denial::kSpace) {
    if (!test.deny_space.empty()) return deny_by_command("deny-space", test.deny_space);
    require_files("disk space", "deny-space");
    no_space_ = std::make_unique<FileSizeDenial>(process_ids());
    return;
  }
  if (!test.deny_access.empty()) return deny_by_command("deny-access", test.deny_access);
  require_files("permissions", "deny-access");
  if (!target_->permissions_bind) throw NotApplicable("it runs as root, whom permissions do not bind");
  no_access_ = std::make_unique<PermissionDenial>(folder(), process_ids());
}

void HostedInstances::permit() {
  no_space_.reset();
  no_access_.reset();
  if (!denied_by_command_) return;
  denied_by_command_ = false;
  run("permit", target_->test.permit);
}

std::string HostedInstances::sample(const std::string& name) const {
  const auto found = target_->test.samples.find(name);
  if (found != target_->test.samples.end()) return target_->filled(found->second, folders_.front());
  throw NotApplicable("no sample '" + name +
                      "' is given: add it to 'samples' below [provides.test] in plugin.toml");
}

void HostedInstances::watch(const std::function<void()>& check) {
  try {
    check();
  } catch (const NotApplicable&) {
    require_processes();
    throw;
  } catch (...) {
    spoiled_ = true;
    const std::lock_guard lock(mutex_);
    for (const Process& process : processes_) tell_end(*process, target_->plugin->log().log());
    throw;
  }
  require_processes();
}

HostedInstances::Process HostedInstances::process() {
  {
    const std::lock_guard lock(mutex_);
    if (!processes_.empty()) return processes_.back();
  }
  return add_process();
}

// It is listed before it starts, so that kill() finds it.
HostedInstances::Process HostedInstances::add_process() {
  Process process = target_->plugin->take();
  {
    const std::lock_guard lock(mutex_);
    processes_.push_back(process);
  }
  process->session();
  return process;
}

std::shared_ptr<plugin::Channel> HostedInstances::open_in(const Process& process) {
  const plugin::Opening opening = target_->opening(folder());
  return std::make_shared<TimedChannel>(
      process == nullptr ? target_->plugin->library()->open(opening) : process->open(opening), kStreamLimit);
}

std::vector<pid_t> HostedInstances::process_ids() {
  const std::lock_guard lock(mutex_);
  std::vector<pid_t> ids;
  for (const Process& process : processes_) {
    const auto id = process->process_id();
    if (!id) continue;
    ids.push_back(*id);
    for (const pid_t started : descendants_of(*id)) ids.push_back(started);
  }
  return ids;
}

void HostedInstances::require_processes() {
  const std::lock_guard lock(mutex_);
  for (const Process& process : processes_) {
    if (is_sound(*process)) continue;
    spoiled_ = true;
    const std::string fault = process->health().fault;
    throw Failure("its process ended in the middle of the check. " +
                  (fault.empty() ? "It had to be started again." : fault));
  }
}

void HostedInstances::deny_by_command(const std::string& key, const std::vector<std::string>& command) {
  denied_by_command_ = true;
  run(key, command);
}

void HostedInstances::require_files(const std::string& what, const std::string& key) const {
  if (target_->plugin->in_process())
    throw NotApplicable("it runs inside this process, whose " + what + " cannot be taken away");
  if (target_->keeps_files) return;
  throw NotApplicable("it keeps no files in the folder of the test, so there is no " + what +
                      " to take away; '" + key +
                      "' below [provides.test] in plugin.toml can name a command that does");
}

void HostedInstances::run(const std::string& key, const std::vector<std::string>& command) const {
  std::vector<std::string> filled;
  for (const std::string& word : command) filled.push_back(target_->filled(word, folder()));
  const CommandOutcome outcome = run_command(filled, target_->plugin->manifest().folder, kCommandLimit);
  if (outcome.status == 0) return;
  const std::string said = outcome.last_line.empty() ? "" : ": " + outcome.last_line;
  if (outcome.status == kDoesNotApply)
    throw NotApplicable("'" + key + "' says that it does not apply" + said);
  throw Error(ErrorCode::kInvalidState, "'" + key + "' exited with " + std::to_string(outcome.status) + said);
}

}  // namespace millrace::conformance

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "conformance/plugins/common.h"
#include "conformance/runner.h"

namespace millrace::conformance {

/// A small plugin that is told what befalls it.
class Befallen {
 public:
  virtual ~Befallen() = default;
  virtual void set_disk_full(bool full) = 0;
  virtual void on_kill() = 0;
};

inline const std::set<std::string> kFaultsOfMemory{kMemoryStaysFlat, kEvaluationsLeaveMemory,
                                                   kPredictionsLeaveMemory};

/// Serves a plugin as if it had a process. A name of a stress check as `fault` makes that check fail.
template <typename Interface>
class FakeSubject : public Subject<Interface> {
 public:
  FakeSubject(std::shared_ptr<Interface> plugin, std::map<std::string, std::string> samples,
              std::string fault)
      : plugin_(std::move(plugin)), samples_(std::move(samples)), fault_(std::move(fault)) {}

  std::shared_ptr<Interface> open_new() override { return plugin_; }
  std::shared_ptr<Interface> reopen() override {
    if (fault_ == kAnswersAfterAKill)
      throw Error(ErrorCode::kTemporarilyUnavailable, "it does not start again");
    return plugin_;
  }
  bool declares(const std::string&) const override { return true; }
  void kill() override {
    if (auto* befallen = dynamic_cast<Befallen*>(plugin_.get())) befallen->on_kill();
  }
  Footprint footprint() override {
    ++looks_;
    return {kFaultsOfMemory.contains(fault_) ? looks_ << 24 : 1,
            fault_ == kDescriptorsStayFlat ? static_cast<int64_t>(looks_ * 100) : 1};
  }
  void deny(Denial denial) override {
    auto* befallen = dynamic_cast<Befallen*>(plugin_.get());
    if (befallen == nullptr) return Subject<Interface>::deny(denial);
    befallen->set_disk_full(true);
  }
  void permit() override {
    if (auto* befallen = dynamic_cast<Befallen*>(plugin_.get())) befallen->set_disk_full(false);
  }
  std::string sample(const std::string& name) override {
    const auto found = samples_.find(name);
    return found != samples_.end() ? found->second : Subject<Interface>::sample(name);
  }

 private:
  std::shared_ptr<Interface> plugin_;
  std::map<std::string, std::string> samples_;
  std::string fault_;
  uint64_t looks_ = 0;
};

inline const std::set<std::string> kFaultsOfSubjects{kAnswersAfterAKill, kMemoryStaysFlat,
                                                     kEvaluationsLeaveMemory, kPredictionsLeaveMemory,
                                                     kDescriptorsStayFlat};

template <typename Interface>
using Spoiled =
    std::map<std::string, std::shared_ptr<Interface>>;  // by the name of the check that is to fail

/// What is not as it should be: checks that fail on what is right, pass on what is spoiled or have no defect.
template <typename Interface>
std::string complaints(const Kit<Interface>& kit, std::shared_ptr<Interface> right,
                       const Spoiled<Interface>& spoiled,
                       const std::map<std::string, std::string>& samples = {}) {
  KitOptions options;
  options.effort.scale = 0.01;
  const auto run = [&](const Check<Interface>& check, const std::shared_ptr<Interface>& plugin,
                       const std::string& fault) {
    const SubjectFactory<Interface> factory = [&] {
      return std::make_shared<FakeSubject<Interface>>(plugin, samples, fault);
    };
    return run_kit<Interface>({kit.kind, {check}}, factory, options).results().at(0);
  };
  std::string text;
  for (const Check<Interface>& check : kit.checks) {
    const Result fine = run(check, right, "");
    if (fine.verdict != Verdict::kPassed)
      text += check.name + ": fails on what is right: " + fine.reason + "\n";
    const bool of_subject = kFaultsOfSubjects.contains(check.name);
    if (!of_subject && !spoiled.contains(check.name)) {
      text += check.name + ": has no defect to find\n";
      continue;
    }
    const Result found = run(check, of_subject ? right : spoiled.at(check.name), check.name);
    if (found.verdict != Verdict::kFailed) text += check.name + ": does not find its defect\n";
  }
  return text;
}

}  // namespace millrace::conformance

#include "cli/plugin_trial.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "millrace/v1/plugin/control.pb.h"
#include "plugin/host/child_plugin.h"
#include "plugin/host/library_plugin.h"
#include "server/version.h"

namespace millrace::cli {
namespace {

using Clock = std::chrono::steady_clock;
using plugin::Opening;
using v1::plugin::CheckReport;
using v1::plugin::PluginDescription;

constexpr const char* kControl = "millrace.v1.plugin.Control";

/// A running plugin and its operations of Control.
class Patient {
 public:
  virtual ~Patient() = default;
  virtual std::string control(std::string_view operation, const std::string& request) = 0;
  virtual bool usable() const = 0;
  /// How it ended, as a sentence; empty while it runs.
  virtual std::string end_reason() const = 0;
};

class ChildPatient : public Patient {
 public:
  ChildPatient(const plugin::Manifest& manifest, Log& log, std::chrono::seconds limit)
      : session_(manifest, log), limit_(limit) {}

  std::string control(std::string_view operation, const std::string& request) override {
    ttrpc::CallOptions options;
    options.deadline = Clock::now() + limit_;
    return session_.client().call(kControl, operation, request, options);
  }
  bool usable() const override { return session_.usable(); }

  // Its connection is closed a moment before its end is known.
  std::string end_reason() const override {
    for (int i = 0; i < 20 && session_.process().running() && !session_.usable(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::string reason = session_.process().end_reason();
    return reason.empty() ? "" : " The plugin " + reason + ".";
  }

 private:
  plugin::ChildSession session_;
  std::chrono::seconds limit_;
};

class LibraryPatient : public Patient {
 public:
  LibraryPatient(const plugin::Manifest& manifest, Log& log)
      : plugin_(plugin::LibraryPlugin::load(manifest.id, manifest.folder / manifest.run.library, log)) {}

  std::string control(std::string_view operation, const std::string& request) override {
    return plugin_->control(operation, request);
  }
  bool usable() const override { return true; }
  std::string end_reason() const override { return ""; }

 private:
  std::shared_ptr<plugin::LibraryPlugin> plugin_;
};

FindingOutcome outcome_of(CheckReport::Outcome outcome) {
  if (outcome == CheckReport::OUTCOME_FINE) return FindingOutcome::kFine;
  return outcome == CheckReport::OUTCOME_FAILED ? FindingOutcome::kFailed : FindingOutcome::kWarning;
}

std::string shown(const std::string& kind, const std::string& name) {
  return kind + ":" + name;
}

class Trial {
 public:
  Trial(const PluginTrial& trial, TrialRecord& record) : trial_(trial), record_(record) {
    trial_.manifest.run.start_timeout = std::min(trial_.manifest.run.start_timeout, trial_.limit);
  }

  void run() {
    if (!start()) return;
    describe();
    for (const Opening& opening : trial_.openings) open(opening);
  }

 private:
  // Runs a step; what it returns, or throws, becomes its finding. False when it threw.
  template <typename Step>
  bool attempt(const std::string& subject, Step step) {
    record_.begins(subject);
    const auto begin = Clock::now();
    DoctorFinding finding{FindingOutcome::kFine, subject, "", {}};
    try {
      finding.message = step();
    } catch (const std::exception& fault) {
      finding.outcome = FindingOutcome::kFailed;
      finding.message = fault.what() + (patient_ == nullptr ? "" : patient_->end_reason());
    }
    const bool went_well = finding.outcome == FindingOutcome::kFine;
    finding.milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    record_.found(std::move(finding));
    return went_well;
  }

  void make_patient() {
    patient_.reset();
    if (trial_.in_process && !trial_.manifest.run.library.empty()) {
      patient_ = std::make_unique<LibraryPatient>(trial_.manifest, log_);
    } else {
      patient_ = std::make_unique<ChildPatient>(trial_.manifest, log_, trial_.limit);
    }
  }

  bool start() {
    return attempt("start", [this] {
      make_patient();
      return std::string(trial_.in_process && !trial_.manifest.run.library.empty()
                             ? "its library is loaded"
                             : "it runs, and its handshake is right");
    });
  }

  void describe() {
    PluginDescription description;
    const bool described = attempt("description", [&] {
      v1::plugin::DescribeRequest request;
      request.set_host_version(server::kMillraceVersion);
      request.set_host_protocol(plugin::kHostProtocol.to_string());
      if (!description.ParseFromString(patient_->control("Describe", request.SerializeAsString())))
        throw Error(ErrorCode::kInternalError, "The plugin's description is malformed.");
      return "it was built for protocol " + description.protocol() + ", this Millrace speaks " +
             plugin::kHostProtocol.to_string();
    });
    if (described) compare(description);
  }

  // The manifest promises, the description tells what was registered.
  void compare(const PluginDescription& description) {
    for (const plugin::Provision& provision : trial_.manifest.provides) {
      for (const std::string& name : provision.names) compare(description, provision, name);
    }
  }

  void compare(const PluginDescription& description, const plugin::Provision& provision,
               const std::string& name) {
    const std::string kind(kind_name(provision.kind));
    const std::string subject = "provides " + shown(kind, name);
    const auto found = std::find_if(
        description.provides().begin(), description.provides().end(),
        [&](const v1::plugin::ProvidedKind& each) { return each.kind() == kind && each.name() == name; });
    if (found == description.provides().end()) {
      if (description.provides_size() == 0) return;  // it need not tell
      record_.found({FindingOutcome::kFailed,
                     subject,
                     "the manifest names it, but the plugin does not register it: correct one of the two",
                     {}});
      return;
    }
    for (const std::string& capability : provision.capabilities) {
      const auto& own = found->capabilities();
      if (std::find(own.begin(), own.end(), capability) != own.end()) continue;
      record_.found({FindingOutcome::kWarning,
                     subject,
                     "the manifest names the capability '" + capability + "', the plugin does not",
                     {}});
    }
  }

  void open(const Opening& opening) {
    const std::string what = shown(std::string(kind_name(opening.kind)), opening.name);
    v1::plugin::OpenedInstance opened;
    const bool is_open = attempt("open " + what, [&] {
      if (!patient_ || !patient_->usable()) make_patient();
      if (!opened.ParseFromString(patient_->control("Open", open_request(opening))) || opened.instance() <= 0)
        throw Error(ErrorCode::kInternalError, "The plugin opened nothing.");
      return std::string("it takes the configuration");
    });
    if (!is_open) return;
    // One that hangs or is gone cannot be closed either.
    if (check(what, opened.instance())) close(opened.instance());
  }

  bool check(const std::string& what, int64_t instance) {
    CheckReport report;
    const bool was_asked = attempt("check " + what, [&] {
      v1::plugin::CheckRequest request;
      request.set_instance(instance);
      if (!report.ParseFromString(patient_->control("Check", request.SerializeAsString())))
        throw Error(ErrorCode::kInternalError, "The plugin's report is malformed.");
      return std::string(report.findings_size() == 0 ? "the plugin checks nothing by itself"
                                                     : "it was asked");
    });
    for (const CheckReport::Finding& finding : report.findings())
      record_.found({outcome_of(finding.outcome()), finding.subject(), finding.message(), {}});
    return was_asked;
  }

  // Whatever comes of it: nothing follows.
  void close(int64_t instance) {
    record_.begins("close");
    v1::plugin::CloseRequest request;
    request.set_instance(instance);
    try {
      patient_->control("Close", request.SerializeAsString());
    } catch (const Error& fault) {
      record_.found({FindingOutcome::kWarning, "close", fault.what(), {}});
    }
    record_.begins("");
  }

  PluginTrial trial_;
  TrialRecord& record_;
  Log log_{LogFormat::kText, LogLevel::kWarning};
  std::unique_ptr<Patient> patient_;
};

}  // namespace

void try_plugin(const PluginTrial& trial, TrialRecord& record) {
  Trial(trial, record).run();
}

}  // namespace millrace::cli

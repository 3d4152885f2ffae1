#pragma once

#include <memory>
#include <string>

#include "conformance/hosted/hosted_instances.h"
#include "conformance/runner.h"

namespace millrace::conformance {

/// A target as a kit sees it. `Proxy` is the generated class that makes an `Interface` of a channel.
template <typename Interface, typename Proxy>
class HostedSubject : public Subject<Interface> {
 public:
  explicit HostedSubject(std::shared_ptr<const HostedTarget> target) : instances_(std::move(target)) {}

  std::shared_ptr<Interface> open_new() override { return std::make_shared<Proxy>(instances_.open_new()); }
  std::shared_ptr<Interface> reopen() override { return std::make_shared<Proxy>(instances_.reopen()); }
  bool declares(const std::string& capability) const override { return instances_.declares(capability); }
  void kill() override { instances_.kill(); }
  Footprint footprint() override { return instances_.footprint(); }
  void deny(Denial denial) override { instances_.deny(denial); }
  void permit() override { instances_.permit(); }
  std::string sample(const std::string& name) override { return instances_.sample(name); }

  void watch(const std::function<void()>& check) { instances_.watch(check); }

 private:
  HostedInstances instances_;
};

/// Runs a kit against a target.
template <typename Interface, typename Proxy>
Report run_hosted(Kit<Interface> kit, const std::shared_ptr<const HostedTarget>& target,
                  const KitOptions& options) {
  using Hosted = HostedSubject<Interface, Proxy>;
  for (Check<Interface>& check : kit.checks) {
    check.run = [run = check.run](Subject<Interface>& subject, const Effort& effort) {
      static_cast<Hosted&>(subject).watch([&] { run(subject, effort); });
    };
  }
  const SubjectFactory<Interface> make = [target] { return std::make_shared<Hosted>(target); };
  return run_kit(kit, make, options);
}

}  // namespace millrace::conformance

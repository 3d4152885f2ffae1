#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "conformance/check.h"
#include "conformance/crew.h"
#include "conformance/endurance.h"
#include "millrace/v1/plugin/request_auth.pb.h"

namespace millrace::conformance {

/// What the kits of the smaller kinds share.

/// A check of correctness that needs a new subject and nothing else.
template <typename Interface>
Check<Interface> on_new(const std::string& name, void (*run)(Interface&)) {
  return {Theme::kCorrectness, name,
          [run](Subject<Interface>& subject, const Effort&) { run(*subject.open_new()); }};
}

/// A check that needs a sample (Subject::sample), which it is given.
template <typename Interface>
Check<Interface> with_sample(const std::string& sample, const std::string& name,
                             void (*run)(Interface&, const std::string& sample)) {
  return {Theme::kCorrectness, name, [sample, run](Subject<Interface>& subject, const Effort&) {
            const std::string given = subject.sample(sample);
            run(*subject.open_new(), given);
          }};
}

/// The same for a capability.
template <typename Interface>
Check<Interface> with_capability_of(const std::string& capability, const std::string& name,
                                    void (*run)(Interface&)) {
  return {Theme::kCorrectness, name, [capability, run](Subject<Interface>& subject, const Effort&) {
            require_capability(subject, capability);
            run(*subject.open_new());
          }};
}

/// The sample, or `otherwise` when none is given.
std::string sample_or(SubjectControls& subject, const std::string& name, const std::string& otherwise);

/// Names of checks that measure the process of a subject, or kill it.
inline constexpr const char* kEvaluationsLeaveMemory = "500 evaluations leave memory as it was";
inline constexpr const char* kPredictionsLeaveMemory = "1,000 predictions leave memory as it was";
/// Those that add_stress_checks() adds.
inline constexpr const char* kAnswersManyAtOnce = "16 callers at once are answered as one would be";
inline constexpr const char* kMemoryStaysFlat = "10,000 calls leave memory as it was";
inline constexpr const char* kDescriptorsStayFlat = "1,000 calls leave no descriptor open";
inline constexpr const char* kAnswersAfterAKill = "it answers again after SIGKILL";

/// Adds what every kind must stand: many callers, many calls, a kill. `call` makes one call that is right and
/// leaves nothing behind, checks its answer and returns what of it must be the same each time.
template <typename Interface>
void add_stress_checks(Kit<Interface>& kit, std::string (*call)(Interface&)) {
  kit.checks.push_back(
      {Theme::kConcurrency, kAnswersManyAtOnce, [call](Subject<Interface>& subject, const Effort& effort) {
         const auto plugin = subject.open_new();
         const std::string expected = call(*plugin);
         all_at_once(16, [&](int) {
           for (int i = 0; i < effort.of(20, 5); ++i)
             require_equal(call(*plugin), expected, "an answer among many");
         });
       }});
  kit.checks.push_back(
      {Theme::kEndurance, kMemoryStaysFlat, [call](Subject<Interface>& subject, const Effort& effort) {
         const auto plugin = subject.open_new();
         require_flat_memory(subject, effort.of(10'000, 500), [&](int) { call(*plugin); });
       }});
  kit.checks.push_back(
      {Theme::kEndurance, kDescriptorsStayFlat, [call](Subject<Interface>& subject, const Effort& effort) {
         const auto plugin = subject.open_new();
         require_flat_descriptors(subject, effort.of(1000, 200), [&](int) { call(*plugin); });
       }});
  kit.checks.push_back(
      {Theme::kCrash, kAnswersAfterAKill, [call](Subject<Interface>& subject, const Effort&) {
         const std::string expected = call(*subject.open_new());
         subject.kill();
         require_equal(call(*subject.reopen()), expected, "the answer after a kill");
       }});
}

/// Throws Failure unless it is legal by RFC 9110: a token as name, no control characters in the value.
void require_legal_header(const v1::plugin::HttpHeader& header);

/// Throws Failure when the text contains the credential.
void require_no_credential(std::string_view text, std::string_view credential, const std::string& what);

/// Throws Failure unless the text is JSON by RFC 8259, or one object of it.
void require_json(const std::string& text, const std::string& what);
void require_json_object(const std::string& text, const std::string& what);
/// Throws Failure unless both are JSON and mean the same.
void require_same_json(const std::string& found, const std::string& expected, const std::string& what);

/// True when two header names are the same, which letter case does not decide.
bool same_header(std::string_view a, std::string_view b);

}  // namespace millrace::conformance

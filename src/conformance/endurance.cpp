#include "conformance/endurance.h"

#include "conformance/check.h"
#include "conformance/crew.h"

namespace millrace::conformance {
namespace {

constexpr int kCrew = 8;

void call_range(int first, int last, const std::function<void(int)>& call) {
  all_at_once(kCrew, [&](int number) {
    for (int i = first + number; i < last; i += kCrew) call(i);
  });
}

struct Growth {
  Footprint before;
  Footprint after;
};

// The first calls fill caches and start threads; what comes after them should change nothing.
Growth growth_over(SubjectControls& subject, int calls, const std::function<void(int)>& call) {
  const int warm = calls / 5;
  call_range(0, warm, call);
  Growth growth;
  growth.before = subject.footprint();
  call_range(warm, calls, call);
  growth.after = subject.footprint();
  return growth;
}

}  // namespace

void require_flat_memory(SubjectControls& subject, int calls, const std::function<void(int)>& call) {
  const Growth growth = growth_over(subject, calls, call);
  const uint64_t before = growth.before.memory_bytes, after = growth.after.memory_bytes;
  require(after <= before + kMostGrowthBytes, "memory grew from " + std::to_string(before >> 10) +
                                                  " KiB to " + std::to_string(after >> 10) + " KiB within " +
                                                  std::to_string(calls) + " calls");
}

void require_flat_descriptors(SubjectControls& subject, int calls, const std::function<void(int)>& call) {
  const Growth growth = growth_over(subject, calls, call);
  const int64_t before = growth.before.descriptors, after = growth.after.descriptors;
  require(after <= before + kMostGrowthDescriptors, "open descriptors went from " + std::to_string(before) +
                                                        " to " + std::to_string(after) + " within " +
                                                        std::to_string(calls) + " calls");
}

}  // namespace millrace::conformance

#pragma once

#include <functional>

#include "conformance/subject.h"

namespace millrace::conformance {

/// How much more memory a process may hold after many calls than after the first fifth of them, and how many
/// more descriptors: room for caches and threads, not for what grows with the calls.
inline constexpr uint64_t kMostGrowthBytes = 8 << 20;
inline constexpr int64_t kMostGrowthDescriptors = 8;

/// Makes `calls` calls from 8 threads, each with its number from 0, and throws Failure when the process
/// behind the subject grows beyond the bounds above while it does.
void require_flat_memory(SubjectControls& subject, int calls, const std::function<void(int)>& call);
void require_flat_descriptors(SubjectControls& subject, int calls, const std::function<void(int)>& call);

}  // namespace millrace::conformance

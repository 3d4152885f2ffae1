#pragma once

#include <functional>

#include "conformance/subject.h"

namespace millrace::conformance {

/// Runs `write` on `writers` threads, again and again with the thread's number and a count from 0, kills the
/// subject half a call's time after `enough` calls have returned in all, and returns when every thread has
/// met its error. Throws what a write threw before the kill, and NotApplicable when the subject cannot be
/// killed.
void kill_in_mid_write(SubjectControls& subject, int writers, int enough,
                       const std::function<void(int writer, int count)>& write);

}  // namespace millrace::conformance

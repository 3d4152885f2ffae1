#pragma once

namespace millrace::conformance {

/// What Subject::declares() answers for a subject that keeps all its data in the memory of its process on
/// purpose, so that holding them there is no fault.
inline constexpr const char* kDataInMemory = "data_in_memory";

}  // namespace millrace::conformance

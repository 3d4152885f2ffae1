#pragma once

namespace millrace::conformance {

/// Takes from all programs that this thread, and threads that it makes, will start the right of root to pass
/// the permissions of files; the thread itself keeps it. Cannot be undone. Whether permissions bind such
/// programs now: true without doing anything when this process is not root's, false when the system does not
/// allow it.
bool bind_programs_to_permissions();

}  // namespace millrace::conformance

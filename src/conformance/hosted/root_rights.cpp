#include "conformance/hosted/root_rights.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace millrace::conformance {
namespace {

// What root gets at an exec is bounded by this set.
bool is_bound(int capability) {
  if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 0) return true;
  return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;
}

}  // namespace

bool bind_programs_to_permissions() {
  if (geteuid() != 0) return true;
  const bool writing = is_bound(CAP_DAC_OVERRIDE);
  return is_bound(CAP_DAC_READ_SEARCH) && writing;
}

}  // namespace millrace::conformance

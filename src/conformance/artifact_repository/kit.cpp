#include "conformance/artifact_repository/checks.h"
#include "conformance/kits.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::conformance {

Kit<ArtifactRepository> artifact_repository_kit() {
  Kit<ArtifactRepository> kit{"artifact_repository", {}};
  for (auto* part : {file_checks, folder_checks, upload_checks, multipart_checks,
                     repository_capability_checks, repository_refusal_checks, repository_concurrency_checks,
                     repository_endurance_checks, repository_crash_checks}) {
    for (RepositoryCheck& check : part()) kit.checks.push_back(std::move(check));
  }
  return kit;
}

}  // namespace millrace::conformance

#pragma once

#include <vector>

#include "conformance/artifact_repository/repository_words.h"

namespace millrace::conformance {

/// The parts of the kit for artifact repositories, each in the source of its name.
std::vector<RepositoryCheck> file_checks();
std::vector<RepositoryCheck> folder_checks();
std::vector<RepositoryCheck> upload_checks();
std::vector<RepositoryCheck> multipart_checks();
std::vector<RepositoryCheck> repository_capability_checks();
std::vector<RepositoryCheck> repository_refusal_checks();
std::vector<RepositoryCheck> repository_concurrency_checks();
std::vector<RepositoryCheck> repository_endurance_checks();
std::vector<RepositoryCheck> repository_crash_checks();

}  // namespace millrace::conformance

#include "conformance/artifact_repository/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

// An operation of a capability and a message that is of no consequence.
struct Probe {
  const char* capability;
  const char* operation;
  void (*call)(ArtifactRepository&);
};

const Probe kProbes[] = {
    {"multipart", "CompleteMultipart",
     [](ArtifactRepository& repository) {
       v1::plugin::MultipartComplete request;
       request.set_upload_id("unknown");
       request.set_path("f");
       repository.complete_multipart(kContext, request);
     }},
    {"multipart", "WritePart",
     [](ArtifactRepository& repository) {
       v1::plugin::MultipartPartWrite part;
       part.set_upload_id("unknown");
       part.set_part_number(1);
       repository.write_part(kContext, part)->commit();
     }},
    {"presigned_urls", "PresignRead",
     [](ArtifactRepository& repository) {
       v1::plugin::PresignRequest request;
       request.set_path("f");
       request.set_expires_seconds(60);
       repository.presign_read(kContext, request);
     }},
};

bool is_implemented(const Probe& probe, ArtifactRepository& repository) {
  try {
    probe.call(repository);
  } catch (const Error& error) {
    return error.code() != ErrorCode::kNotImplemented;
  }
  return true;
}

void declared_operations_are_there(RepositorySubject& subject, const Effort&) {
  const auto repository = subject.open_new();
  for (const Probe& probe : kProbes) {
    if (!subject.declares(probe.capability)) continue;
    require(is_implemented(probe, *repository), std::string(probe.operation) +
                                                    " answers NOT_IMPLEMENTED although '" + probe.capability +
                                                    "' is declared");
  }
}

void other_operations_are_not_implemented(RepositorySubject& subject, const Effort&) {
  const auto repository = subject.open_new();
  int asked = 0;
  for (const Probe& probe : kProbes) {
    if (subject.declares(probe.capability)) continue;
    ++asked;
    require(!is_implemented(probe, *repository), std::string(probe.operation) +
                                                     " does not answer NOT_IMPLEMENTED although '" +
                                                     probe.capability + "' is not declared");
  }
  if (asked == 0) throw NotApplicable("every capability is declared");
}

}  // namespace

std::vector<RepositoryCheck> repository_capability_checks() {
  return {
      {Theme::kCorrectness, "operations of declared capabilities are there", declared_operations_are_there},
      {Theme::kCorrectness, "operations of other capabilities answer NOT_IMPLEMENTED",
       other_operations_are_not_implemented},
  };
}

}  // namespace millrace::conformance

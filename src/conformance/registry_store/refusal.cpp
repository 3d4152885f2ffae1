#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

void a_full_disk_refuses(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  store.version("m");
  subject.deny(Denial::kSpace);
  require_refusal([&] { store.model("another"); }, "a model on a full disk");
  require_refusal([&] { store.version("m"); }, "a version on a full disk");
  require_refusal([&] { store.tag("m", "k", std::string(5000, 'x')); }, "a tag on a full disk");
  require_refusal([&] { store.alias("m", "best", 1); }, "an alias on a full disk");
}

void a_full_disk_loses_nothing(RegistryStoreSubject& subject, const Effort&) {
  {
    const RegistryWords store(subject.open_new());
    store.model("m");
    for (int i = 0; i < 5; ++i) store.version("m");
    subject.deny(Denial::kSpace);
    require_refusal([&] { store.version("m"); }, "a version on a full disk");
    subject.permit();
  }
  const RegistryWords store(subject.reopen());
  require(store.versions({}).size() >= 5, "versions that were made before the disk was full are lost");
}

void space_makes_it_work_again(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  subject.deny(Denial::kSpace);
  require_refusal([&] { store.version("m"); }, "a version on a full disk");
  subject.permit();
  const std::string number = store.version("m");
  require_equal(store.find("m", std::stoll(number)).version(), number,
                "the version that was made after there was space again");
}

void denied_data_is_an_error(RegistryStoreSubject& subject, const Effort&) {
  RegistryWords(subject.open_new()).model("m");
  subject.deny(Denial::kAccess);
  const auto code = require_refusal([&] { RegistryWords(subject.reopen()).get("m"); },
                                    "finding a model without permission");
  require(code != ErrorCode::kResourceDoesNotExist, "a model that may not be read is told not to exist");
  require_refusal([&] { RegistryWords(subject.reopen()).models({}); }, "a search without permission");
}

}  // namespace

std::vector<RegistryStoreCheck> registry_refusal_checks() {
  return {
      {Theme::kRefusal, "a write on a full disk is refused", a_full_disk_refuses},
      {Theme::kRefusal, "a full disk loses nothing that was acknowledged", a_full_disk_loses_nothing},
      {Theme::kRefusal, "a registry takes writes again once there is space", space_makes_it_work_again},
      {Theme::kRefusal, "a registry that may not see its data answers an error", denied_data_is_an_error},
  };
}

}  // namespace millrace::conformance

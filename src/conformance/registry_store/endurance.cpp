#include "conformance/endurance.h"

#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

// One of the calls that a deployment job or a page makes, in turn. The data that they leave stays small.
void usual_call(const RegistryWords& store, int number) {
  switch (number % 5) {
    case 0:
      return store.tag("m", "progress", std::to_string(number));
    case 1:
      return store.alias("m", "best", 1 + number % 3);
    case 2:
      store.find("m", "best");
      return;
    case 3:
      store.versions(has(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, "m"));
      return;
    default:
      store.get("m");
  }
}

// A client that asks for what is not there must not cost anything either.
void failing_call(const RegistryWords& store) {
  require_error([&] { store.get("no such model"); }, ErrorCode::kResourceDoesNotExist,
                "finding an unknown model");
}

RegistryWords store_with_versions(RegistryStoreSubject& subject) {
  RegistryWords store(subject.open_new());
  store.model("m");
  for (int i = 0; i < 3; ++i) store.version("m");
  store.alias("m", "best", 1);
  return store;
}

void calls_leave_memory(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store = store_with_versions(subject);
  require_flat_memory(subject, effort.of(10'000, 500), [&](int number) {
    if (number % 50 == 0) failing_call(store);
    usual_call(store, number);
  });
}

void calls_leave_no_descriptors(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store = store_with_versions(subject);
  require_flat_descriptors(subject, effort.of(1000, 200), [&](int number) { usual_call(store, number); });
}

}  // namespace

std::vector<RegistryStoreCheck> registry_endurance_checks() {
  return {
      {Theme::kEndurance, "10,000 calls leave memory as it was", calls_leave_memory},
      {Theme::kEndurance, "1,000 calls leave no descriptor open", calls_leave_no_descriptors},
  };
}

}  // namespace millrace::conformance

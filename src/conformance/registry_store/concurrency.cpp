#include <atomic>

#include "conformance/crew.h"
#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

constexpr int kCrew = 16;

bool wins(const RegistryWords& store, const std::string& name) {
  try {
    store.model(name);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kResourceAlreadyExists) return false;
    throw;
  }
}

void one_creator_of_a_name_wins(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store(subject.open_new());
  for (int round = 0; round < effort.of(10, 3); ++round) {
    const std::string name = "contested " + std::to_string(round);
    std::atomic<int> winners{0};
    all_at_once(kCrew, [&](int) { winners += wins(store, name) ? 1 : 0; });
    require_count(winners, 1, "creators of one name that were told to have made it");
  }
}

void versions_get_numbers_of_their_own(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  const int each = effort.of(10, 3);
  all_at_once(kCrew, [&](int) {
    for (int i = 0; i < each; ++i) store.version("m");
  });
  const Names all = store.versions({}, {}, 1000);
  require_count(static_cast<int64_t>(all.size()), kCrew * each, "versions");
  require_equal(all.front(), "m/" + std::to_string(kCrew * each), "the version with the greatest number");
}

void no_tag_is_lost(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  const int each = effort.of(10, 3);
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < each; ++i) store.tag("m", std::to_string(writer) + "-" + std::to_string(i), "v");
  });
  require_count(store.get("m").tags_size(), kCrew * each, "tags");
}

void an_alias_has_one_target(RegistryStoreSubject& subject, const Effort& effort) {
  const RegistryWords store(subject.open_new());
  store.model("m");
  for (int i = 0; i < kCrew; ++i) store.version("m");
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < effort.of(10, 3); ++i) store.alias("m", "best", writer + 1);
  });
  require_count(store.get("m").aliases_size(), 1, "aliases of the model");
  int bearers = 0;
  for (int i = 1; i <= kCrew; ++i) bearers += store.find("m", i).aliases_size();
  require_count(bearers, 1, "versions that tell of the alias");
}

}  // namespace

std::vector<RegistryStoreCheck> registry_concurrency_checks() {
  return {
      {Theme::kConcurrency, "one of 16 creators of a model wins", one_creator_of_a_name_wins},
      {Theme::kConcurrency, "16 creators of versions get numbers of their own",
       versions_get_numbers_of_their_own},
      {Theme::kConcurrency, "16 writers of tags lose none", no_tag_is_lost},
      {Theme::kConcurrency, "16 writers of an alias leave it with one version", an_alias_has_one_target},
  };
}

}  // namespace millrace::conformance

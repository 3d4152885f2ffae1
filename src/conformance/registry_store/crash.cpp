#include <set>

#include "conformance/interruption.h"
#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

constexpr int kWriters = 4;
constexpr int kWritesBeforeTheKill = 60;
const CallContext kContext;

std::string model_of(int writer) {
  return "m" + std::to_string(writer);
}

// A version and its tag are one write.
void create_tagged_version(const RegistryWords& store, const std::string& model) {
  v1::plugin::NewModelVersion version;
  version.set_name(model);
  version.set_source("s3://b/m");
  version.set_creation_time(1);
  for (const char* key : {"first", "last"}) {
    v1::ModelVersionTag& tag = *version.add_tags();
    tag.set_key(key);
    tag.set_value("x");
  }
  store->create_model_version(kContext, version);
}

// Kills the store while each of the writers adds versions to a model of its own; how many of each writer's
// versions were acknowledged, those of earlier kills included.
void interrupt(RegistryStoreSubject& subject, const RegistryWords& store, std::vector<int>& acknowledged) {
  kill_in_mid_write(subject, kWriters, kWritesBeforeTheKill, [&](int writer, int) {
    create_tagged_version(store, model_of(writer));
    ++acknowledged.at(static_cast<size_t>(writer));
  });
}

// Kills the store several times, opening it again each time, and looks at what each life left of a model.
void over_several_kills(RegistryStoreSubject& subject, const Effort& effort,
                        const std::function<void(const RegistryWords&, const std::string&, int)>& look) {
  auto store = std::make_unique<RegistryWords>(subject.open_new());
  for (int writer = 0; writer < kWriters; ++writer) store->model(model_of(writer));
  std::vector<int> acknowledged(kWriters);
  for (int kill = 0; kill < effort.of(6, 2); ++kill) {
    interrupt(subject, *store, acknowledged);
    store = std::make_unique<RegistryWords>(subject.reopen());
    for (int writer = 0; writer < kWriters; ++writer)
      look(*store, model_of(writer), acknowledged.at(static_cast<size_t>(writer)));
  }
}

Names versions_of(const RegistryWords& store, const std::string& model) {
  return store.versions(has(v1::FIELD_KIND_ATTRIBUTE, "name", v1::COMPARATOR_EQUAL, model), {}, 1000);
}

void acknowledged_versions_survive(RegistryStoreSubject& subject, const Effort& effort) {
  over_several_kills(subject, effort,
                     [](const RegistryWords& store, const std::string& model, int acknowledged) {
                       const auto left = static_cast<int>(versions_of(store, model).size());
                       require(left >= acknowledged, "of " + std::to_string(acknowledged) +
                                                         " versions that were acknowledged " +
                                                         std::to_string(left) + " are left");
                     });
}

void interrupted_versions_are_whole(RegistryStoreSubject& subject, const Effort& effort) {
  over_several_kills(subject, effort, [](const RegistryWords& store, const std::string& model, int) {
    const auto count = static_cast<int64_t>(versions_of(store, model).size());
    for (int64_t number = 1; number <= count; ++number)
      require_count(store.find(model, number).tags_size(), 2,
                    "tags of version " + std::to_string(number) + " of " + std::to_string(count));
  });
}

void a_killed_store_takes_writes_again(RegistryStoreSubject& subject, const Effort&) {
  {
    const RegistryWords store(subject.open_new());
    for (int writer = 0; writer < kWriters; ++writer) store.model(model_of(writer));
    std::vector<int> acknowledged(kWriters);
    interrupt(subject, store, acknowledged);
  }
  const RegistryWords store(subject.reopen());
  const std::string number = store.version(model_of(0));
  store.alias(model_of(0), "best", std::stoll(number));
  require_equal(store.find(model_of(0), "best").version(), number, "an alias that was set after a kill");
  require_error([&] { store.model(model_of(0)); }, ErrorCode::kResourceAlreadyExists,
                "creating the model that was there before the kill");
}

}  // namespace

std::vector<RegistryStoreCheck> registry_crash_checks() {
  return {
      {Theme::kCrash, "versions that were acknowledged survive SIGKILL", acknowledged_versions_survive},
      {Theme::kCrash, "a version that SIGKILL interrupts is kept with its tags or not at all",
       interrupted_versions_are_whole},
      {Theme::kCrash, "a killed registry takes writes again", a_killed_store_takes_writes_again},
  };
}

}  // namespace millrace::conformance

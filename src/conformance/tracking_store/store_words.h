#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::conformance {

using Ids = std::vector<std::string>;

/// A tracking store with the words that its checks are written in. Filters and orderings are given as text
/// and parsed as the host does. Any thread.
class StoreWords {
 public:
  explicit StoreWords(std::shared_ptr<TrackingStore> store) : store_(std::move(store)) {}

  TrackingStore* operator->() const { return store_.get(); }

  // ---- experiments ----

  /// Creates one with the artifact root "root:/artifacts" and returns its id.
  std::string experiment(const std::string& name, int64_t creation_time = 1000) const;
  v1::Experiment find_experiment(const std::string& id) const;
  v1::Experiment find_experiment_by_name(const std::string& name) const;
  void rename_experiment(const std::string& id, const std::string& name) const;
  /// Changes the lifecycle stage if it is `from`.
  void set_experiment_stage(const std::string& id, const std::string& from, const std::string& to) const;
  void tag_experiment(const std::string& id, const std::string& key, const std::string& value) const;
  /// Ids of what a search finds, over all its pages, by id when no order is given.
  Ids search_experiments(const std::string& filter, v1::ViewType view = v1::ACTIVE_ONLY,
                         const std::vector<std::string>& order = {}, int64_t page = 1000) const;

  // ---- runs ----

  /// Creates a RUNNING run of user "user" and returns its id.
  std::string run(const std::string& experiment, int64_t start_time = 1,
                  const std::string& name = "run") const;
  v1::Run find_run(const std::string& id) const;
  void finish(const std::string& run, int64_t end_time) const;
  void rename_run(const std::string& run, const std::string& name) const;
  void set_run_stage(const std::string& run, const std::string& from, const std::string& to) const;
  void delete_run_tag(const std::string& run, const std::string& key) const;
  /// Ids of what a search finds, over all its pages, newest first and then by id as far as `order` does not
  /// say.
  Ids search(const std::string& experiment, const std::string& filter,
             const std::vector<std::string>& order = {}, int64_t page = 1000,
             v1::ViewType view = v1::ACTIVE_ONLY) const;
  /// The query behind it, for what search() does not cover.
  static v1::plugin::RunQuery run_query(const std::string& filter, const std::vector<std::string>& order,
                                        int64_t page);
  Ids search(v1::plugin::RunQuery query) const;

  // ---- what is logged to runs; throws Failure when a param conflicts ----

  void write(const v1::plugin::RunDataWrite& data) const;
  void metric(const std::string& run, const std::string& key, double value, int64_t step = 0,
              int64_t timestamp = 1) const;
  void param(const std::string& run, const std::string& key, const std::string& value) const;
  void tag(const std::string& run, const std::string& key, const std::string& value) const;

  static v1::plugin::RunDataWrite batch(const std::string& run);
  static void add_metric(v1::plugin::RunDataWrite& data, const std::string& key, double value,
                         int64_t step = 0, int64_t timestamp = 1);
  static void add_param(v1::plugin::RunDataWrite& data, const std::string& key, const std::string& value);
  static void add_tag(v1::plugin::RunDataWrite& data, const std::string& key, const std::string& value);

  /// All points of a metric, over all pages.
  std::vector<v1::MetricWithRunId> history(const Ids& runs, const std::string& key,
                                           int64_t page = 1000) const;
  std::vector<v1::MetricWithRunId> history(const std::string& run, const std::string& key) const {
    return history(Ids{run}, key);
  }

 private:
  std::shared_ptr<TrackingStore> store_;
};

/// An id that no run and no experiment has.
inline constexpr const char* kUnknownRun = "0123456789abcdef0123456789abcdef";
inline constexpr const char* kUnknownExperiment = "987654321987654321";

/// The latest value of a metric, the value of a param or of a tag; throws Failure when there is none.
double latest(const v1::Run& run, std::string_view key);
std::string param_of(const v1::Run& run, std::string_view key);
std::string tag_of(const v1::Run& run, std::string_view key);
bool has_tag(const v1::Run& run, std::string_view key);

/// Throws Failure that shows both lists unless they are equal. Ids are replaced by the names that `known`
/// gives them by their place: "a" for the first.
void require_ids(const Ids& found, const Ids& expected, const Ids& known, const std::string& what);

using TrackingStoreCheck = Check<TrackingStore>;
using TrackingStoreSubject = Subject<TrackingStore>;

/// A check that needs a new store and nothing else.
TrackingStoreCheck on_new_store(const std::string& name, void (*run)(const StoreWords&));
/// The same for stores that declare a capability.
TrackingStoreCheck with_capability(const std::string& capability, const std::string& name,
                                   void (*run)(const StoreWords&));

}  // namespace millrace::conformance

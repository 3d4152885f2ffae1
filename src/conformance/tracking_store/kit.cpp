#include "conformance/kits.h"
#include "conformance/tracking_store/checks.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::conformance {

Kit<TrackingStore> tracking_store_kit() {
  Kit<TrackingStore> kit{"tracking_store", {}};
  for (auto* part :
       {experiment_checks, experiment_search_checks, run_life_checks, run_data_checks, metric_checks,
        filter_checks, order_checks, dataset_checks, logged_model_checks, capability_checks,
        store_refusal_checks, store_concurrency_checks, store_endurance_checks, store_crash_checks}) {
    for (TrackingStoreCheck& check : part()) kit.checks.push_back(std::move(check));
  }
  return kit;
}

}  // namespace millrace::conformance

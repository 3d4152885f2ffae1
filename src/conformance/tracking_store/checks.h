#pragma once

#include <vector>

#include "conformance/tracking_store/store_words.h"

namespace millrace::conformance {

/// The parts of the kit for tracking stores, each in the source of its name.
std::vector<TrackingStoreCheck> experiment_checks();
std::vector<TrackingStoreCheck> experiment_search_checks();
std::vector<TrackingStoreCheck> run_life_checks();
std::vector<TrackingStoreCheck> run_data_checks();
std::vector<TrackingStoreCheck> metric_checks();
std::vector<TrackingStoreCheck> filter_checks();
std::vector<TrackingStoreCheck> order_checks();
std::vector<TrackingStoreCheck> dataset_checks();
std::vector<TrackingStoreCheck> logged_model_checks();
std::vector<TrackingStoreCheck> capability_checks();
std::vector<TrackingStoreCheck> store_refusal_checks();
std::vector<TrackingStoreCheck> store_concurrency_checks();
std::vector<TrackingStoreCheck> store_endurance_checks();
std::vector<TrackingStoreCheck> store_crash_checks();

}  // namespace millrace::conformance

#include <algorithm>
#include <cmath>
#include <map>

#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Store = StoreOfFunctions;
using v1::plugin::MetricHistoryPage;
using v1::plugin::RunDataWrite;

template <typename Change>
auto each_metric(Change change) {
  return [change](RunDataWrite& data) {
    for (auto& metric : *data.mutable_metrics()) change(metric);
  };
}

// The latest value is the one that came last, whatever its step and time.
void keep_what_came_last(Store& store) {
  const auto last = std::make_shared<std::map<std::string, double>>();
  before(store.on_write_run_data,
         each_metric([last](const v1::Metric& metric) { (*last)[metric.key()] = metric.value(); }));
  after(store.on_get_run, [last](v1::Run& run, const auto&) {
    for (auto& metric : *run.mutable_data()->mutable_metrics()) metric.set_value(last->at(metric.key()));
  });
}

// Each point gets a time of its own, as if it were new.
void number_points(Store& store) {
  const auto count = std::make_shared<std::atomic<int64_t>>(0);
  before(store.on_write_run_data,
         each_metric([count](v1::Metric& metric) { metric.set_timestamp(++*count); }));
}

void keep_one_point_of_a_step(MetricHistoryPage& page, const v1::plugin::MetricHistoryQuery&) {
  Memory steps;
  drop_if(*page.mutable_metrics(),
          [&](const auto& point) { return !steps.is_new(std::to_string(point.step())); });
}

}  // namespace

std::vector<StoreDefect> metric_defects() {
  return {
      {"NaN comes back as NaN",
       [](Store& store, auto&) {
         before(store.on_write_run_data, each_metric([](v1::Metric& metric) {
                  if (std::isnan(metric.value())) metric.set_value(0);
                }));
       }},
      {"infinities come back",
       [](Store& store, auto&) {
         before(store.on_write_run_data, each_metric([](v1::Metric& metric) {
                  if (std::isinf(metric.value())) metric.set_value(std::copysign(1e308, metric.value()));
                }));
       }},
      {"numbers come back to the last bit",
       [](Store& store, auto&) {
         before(store.on_write_run_data, each_metric([](v1::Metric& metric) {
                  metric.set_value(static_cast<double>(static_cast<float>(metric.value())));
                }));
       }},
      {"negative and large steps and times come back",
       [](Store& store, auto&) {
         before(store.on_write_run_data, each_metric([](v1::Metric& metric) {
                  metric.set_step(std::max<int64_t>(0, metric.step()));
                }));
       }},
      {"a point that is logged again is kept once", [](Store& store, auto&) { number_points(store); }},
      {"different points of one step are all kept",
       [](Store& store, auto&) { after(store.on_get_metric_history, keep_one_point_of_a_step); }},
      {"the latest value is that of the greatest step",
       [](Store& store, auto&) { keep_what_came_last(store); }},
      {"of one step the latest time gives the latest value",
       [](Store& store, auto&) { keep_what_came_last(store); }},
      {"of one step and time the greatest value is the latest",
       [](Store& store, auto&) { keep_what_came_last(store); }},
      {"a history is ordered by timestamp, step and value",
       [](Store& store, auto&) {
         after(store.on_get_metric_history, [](MetricHistoryPage& page, const auto&) {
           std::reverse(page.mutable_metrics()->begin(), page.mutable_metrics()->end());
         });
       }},
      {"pages of a history show each point once",
       [](Store& store, auto&) { repeat_entries(store.on_get_metric_history); }},
      {"histories of several runs come run by run",
       [](Store& store, auto&) {
         after(store.on_get_metric_history, [](MetricHistoryPage& page, const auto&) {
           std::sort(page.mutable_metrics()->begin(), page.mutable_metrics()->end(),
                     [](const auto& a, const auto& b) { return a.timestamp() < b.timestamp(); });
         });
       }},
      {"an unknown metric or run has an empty history",
       [](Store& store, auto&) {
         after(store.on_get_metric_history, [](const MetricHistoryPage& page, const auto&) {
           if (page.metrics().empty()) throw_not_found("there is no such metric");
         });
       }},
      {"a sample keeps the first and the last point",
       [](Store& store, auto&) {
         after(store.on_sample_metric_history, [](v1::plugin::MetricSamples& samples, const auto&) {
           samples.mutable_metrics()->RemoveLast();
         });
       }},
      {"a sample stays within its steps",
       [](Store& store, auto&) {
         before(store.on_sample_metric_history, [](auto& query) {
           query.clear_start_step();
           query.clear_end_step();
         });
       }},
      {"points after a step are deleted and the latest value follows",
       [](Store& store, auto&) {
         before(store.on_delete_metrics, [](auto& request) { request.clear_after_step(); });
       }},
      {"a metric is deleted whole",
       [](Store& store, auto&) {
         store.on_delete_metrics = [](const auto&, const auto&) {
           return v1::plugin::MetricDeletionOutcome();
         };
       }},
  };
}

}  // namespace millrace::conformance::testing

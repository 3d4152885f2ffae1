#include "server/plugin_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace millrace::server {
namespace {

using plugin::PluginHealth;

prometheus::ClientMetric labelled(const PluginHealth& health) {
  prometheus::ClientMetric metric;
  metric.label.push_back({"plugin", health.id});
  return metric;
}

template <typename Read>
prometheus::MetricFamily gauges(const std::vector<PluginHealth>& plugins, const char* name, const char* help,
                                Read read) {
  prometheus::MetricFamily family{name, help, prometheus::MetricType::Gauge, {}};
  for (const PluginHealth& health : plugins) {
    family.metric.push_back(labelled(health));
    family.metric.back().gauge.value = static_cast<double>(read(health));
  }
  return family;
}

template <typename Read>
prometheus::MetricFamily counters(const std::vector<PluginHealth>& plugins, const char* name,
                                  const char* help, Read read) {
  prometheus::MetricFamily family{name, help, prometheus::MetricType::Counter, {}};
  for (const PluginHealth& health : plugins) {
    family.metric.push_back(labelled(health));
    family.metric.back().counter.value = static_cast<double>(read(health));
  }
  return family;
}

prometheus::ClientMetric::Histogram histogram(const plugin::CallCounts& calls) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = static_cast<uint64_t>(calls.calls);
  histogram.sample_sum = calls.seconds;
  uint64_t below = 0;
  for (size_t i = 0; i < calls.by_time.size(); ++i) {
    below += static_cast<uint64_t>(calls.by_time.at(i));
    histogram.bucket.push_back({below, plugin::kCallSeconds.at(i)});
  }
  histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
  return histogram;
}

prometheus::MetricFamily durations(const std::vector<PluginHealth>& plugins) {
  prometheus::MetricFamily family{"millrace_plugin_call_duration_seconds",
                                  "Time that calls to the plugin took",
                                  prometheus::MetricType::Histogram,
                                  {}};
  for (const PluginHealth& health : plugins) {
    family.metric.push_back(labelled(health));
    family.metric.back().histogram = histogram(health.calls);
  }
  return family;
}

}  // namespace

std::string plugin_metrics(const std::vector<PluginHealth>& plugins) {
  if (plugins.empty()) return "";
  return prometheus::TextSerializer().Serialize({
      gauges(plugins, "millrace_plugin_up", "Whether the plugin runs",
             [](const auto& p) { return p.running; }),
      counters(plugins, "millrace_plugin_restarts_total", "Starts of its process after the first",
               [](const auto& p) { return std::max<int64_t>(0, p.starts - 1); }),
      gauges(plugins, "millrace_plugin_resident_bytes", "Memory of its process",
             [](const auto& p) { return p.resident_bytes; }),
      gauges(plugins, "millrace_plugin_open_instances", "Instances that are open",
             [](const auto& p) { return p.calls.open_instances; }),
      gauges(plugins, "millrace_plugin_calls_in_flight", "Calls that were begun and have not ended",
             [](const auto& p) { return p.calls.in_flight; }),
      counters(plugins, "millrace_plugin_calls_total", "Calls that have ended",
               [](const auto& p) { return p.calls.calls; }),
      counters(plugins, "millrace_plugin_failures_total",
               "Calls that failed for a reason that lies in the plugin",
               [](const auto& p) { return p.calls.failures; }),
      durations(plugins),
  });
}

}  // namespace millrace::server

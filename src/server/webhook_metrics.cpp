#include "server/webhook_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace millrace::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric counted(uint64_t count) {
  ClientMetric metric;
  metric.counter.value = static_cast<double>(count);
  return metric;
}

ClientMetric counted(uint64_t count, const char* outcome) {
  ClientMetric metric = counted(count);
  metric.label.push_back({"outcome", outcome});
  return metric;
}

MetricFamily gauge(const char* name, const char* help, int64_t value) {
  ClientMetric metric;
  metric.gauge.value = static_cast<double>(value);
  return {name, help, MetricType::Gauge, {metric}};
}

}  // namespace

std::string webhook_metrics(const registry::Webhooks::Statistics& statistics) {
  const registry::DeliveryStatistics& deliveries = statistics.deliveries;
  return prometheus::TextSerializer().Serialize({
      {"millrace_webhook_deliveries_total",
       "Deliveries that have ended: taken by the receiver, given up after all attempts, or dropped unsent",
       MetricType::Counter,
       {counted(deliveries.delivered, "delivered"), counted(deliveries.failed, "failed"),
        counted(deliveries.dropped, "dropped")}},
      {"millrace_webhook_retries_total",
       "Attempts of deliveries after the first",
       MetricType::Counter,
       {counted(deliveries.retries)}},
      {"millrace_webhook_events_dropped_total",
       "Events that no webhook was told of for want of room or of an answer",
       MetricType::Counter,
       {counted(statistics.events.dropped)}},
      gauge("millrace_webhook_waiting_deliveries",
            "Deliveries that wait for a thread or for their next attempt", deliveries.waiting),
      gauge("millrace_webhook_running_deliveries", "Deliveries that wait for a receiver",
            deliveries.under_way),
      gauge("millrace_webhook_waiting_events", "Events whose webhooks are still to be found",
            statistics.events.waiting),
  });
}

}  // namespace millrace::server

#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace millrace::server {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

// Prometheus counts in each class those of the classes below it, too.
std::vector<int64_t> apart(const prometheus::ClientMetric::Histogram& histogram) {
  std::vector<int64_t> classes;
  uint64_t below = 0;
  for (const auto& bucket : histogram.bucket) {
    classes.push_back(static_cast<int64_t>(bucket.cumulative_count - below));
    below = bucket.cumulative_count;
  }
  return classes;
}

}  // namespace

// The series of each operation are looked up once, so that counting a request takes no lock of the registry.
class Metrics::Impl {
 public:
  explicit Impl(const std::vector<wire::Operation>& operations) {
    auto& requests = prometheus::BuildCounter()
                         .Name("millrace_http_requests_total")
                         .Help("Answered requests by operation and class of status")
                         .Register(registry_);
    auto& seconds = prometheus::BuildHistogram()
                        .Name("millrace_http_request_duration_seconds")
                        .Help("Time from the first byte of a request to the last byte of its answer")
                        .Register(registry_);
    const auto add = [&](const std::string& name) {
      Series& series = series_[name];
      for (size_t i = 0; i < series.by_class.size(); ++i) {
        series.by_class[i] = &requests.Add({{"operation", name}, {"status", std::to_string(i + 1) + "xx"}});
      }
      series.seconds = &seconds.Add({{"operation", name}}, kSeconds);
    };
    for (const auto& operation : operations) add(std::string(operation.name));
    add("-");
    bytes_in_ = &prometheus::BuildCounter()
                     .Name("millrace_http_request_bytes_total")
                     .Help("Body bytes received")
                     .Register(registry_)
                     .Add({});
    bytes_out_ = &prometheus::BuildCounter()
                      .Name("millrace_http_response_bytes_total")
                      .Help("Body bytes sent")
                      .Register(registry_)
                      .Add({});
  }

  void count(const http::Completed& completed) {
    auto found = series_.find(completed.operation);
    if (found == series_.end()) found = series_.find("-");
    const size_t status_class = static_cast<size_t>(std::clamp(completed.status / 100, 1, 5) - 1);
    found->second.by_class[status_class]->Increment();
    found->second.seconds->Observe(completed.seconds);
    bytes_in_->Increment(static_cast<double>(completed.bytes_in));
    bytes_out_->Increment(static_cast<double>(completed.bytes_out));
  }

  void add_gauge(const std::string& name, const std::string& help, std::function<double()> read) {
    auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add({});
    gauges_.emplace_back(&gauge, std::move(read));
  }

  std::string text() {
    for (auto& [gauge, read] : gauges_) gauge->Set(read());
    std::string text = prometheus::TextSerializer().Serialize(registry_.Collect());
    for (const auto& read : texts_) text += read();
    return text;
  }

  std::vector<OperationCounts> operations() const {
    std::vector<std::pair<int64_t, OperationCounts>> asked;
    for (const auto& [name, series] : series_) {
      OperationCounts counts = series.counts(name);
      const int64_t all = counts.succeeded + counts.client_errors + counts.server_errors;
      if (all > 0) asked.emplace_back(all, std::move(counts));
    }
    std::sort(asked.begin(), asked.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second.name < b.second.name;
    });
    std::vector<OperationCounts> sorted;
    for (auto& [all, counts] : asked) sorted.push_back(std::move(counts));
    return sorted;
  }

  TrafficCounts traffic() const {
    return {static_cast<int64_t>(bytes_in_->Value()), static_cast<int64_t>(bytes_out_->Value())};
  }

  void add_text(std::function<std::string()> read) { texts_.push_back(std::move(read)); }

 private:
  struct Series {
    std::array<prometheus::Counter*, 5> by_class{};
    prometheus::Histogram* seconds = nullptr;

    OperationCounts counts(const std::string& name) const {
      const auto of_class = [this](size_t i) { return static_cast<int64_t>(by_class.at(i)->Value()); };
      const auto histogram = seconds->Collect().histogram;
      return {name,
              of_class(0) + of_class(1) + of_class(2),
              of_class(3),
              of_class(4),
              histogram.sample_sum,
              apart(histogram)};
    }
  };

  prometheus::Registry registry_;
  std::unordered_map<std::string, Series> series_;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> gauges_;
  std::vector<std::function<std::string()>> texts_;
  prometheus::Counter* bytes_in_ = nullptr;
  prometheus::Counter* bytes_out_ = nullptr;
};

Metrics::Metrics(const std::vector<wire::Operation>& operations)
    : impl_(std::make_unique<Impl>(operations)) {}
Metrics::~Metrics() = default;
void Metrics::count(const http::Completed& completed) {
  impl_->count(completed);
}
void Metrics::add_gauge(const std::string& name, const std::string& help, std::function<double()> read) {
  impl_->add_gauge(name, help, std::move(read));
}
void Metrics::add_text(std::function<std::string()> read) {
  impl_->add_text(std::move(read));
}
std::vector<OperationCounts> Metrics::operations() const {
  return impl_->operations();
}
std::vector<double> Metrics::duration_bounds() {
  return kSeconds;
}
TrafficCounts Metrics::traffic() const {
  return impl_->traffic();
}
std::string Metrics::text() {
  return impl_->text();
}

}  // namespace millrace::server

// Time of the JSON codec: a log-batch body of 1,000 metrics read, an answer of 100 runs and one of 100,000
// points written. Prints the median of many rounds in microseconds.

#include <google/protobuf/arena.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "millrace/v1/metrics.pb.h"
#include "millrace/v1/runs.pb.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace {

using namespace millrace;

double median_microseconds(int rounds, const std::function<void()>& action) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    action();
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

std::string batch_body() {
  v1::LogBatchRequest batch;
  batch.set_run_id("0123456789abcdef0123456789abcdef");
  for (int i = 0; i < 1000; ++i) {
    v1::Metric& metric = *batch.add_metrics();
    metric.set_key("metric_" + std::to_string(i % 10));
    metric.set_value(i / 7.0);
    metric.set_timestamp(1'700'000'000'000 + i);
    metric.set_step(i);
  }
  return wire::write_json(batch);
}

v1::SearchRunsResponse page_of_runs() {
  v1::SearchRunsResponse response;
  for (int i = 0; i < 100; ++i) {
    v1::Run& run = *response.add_runs();
    run.mutable_info()->set_run_id("0123456789abcdef0123456789abcdef");
    run.mutable_info()->set_start_time(1'700'000'000'000);
    for (int k = 0; k < 10; ++k) {
      v1::Metric& metric = *run.mutable_data()->add_metrics();
      metric.set_key("m" + std::to_string(k));
      metric.set_value(k / 7.0);
      metric.set_timestamp(1);
      v1::Param& param = *run.mutable_data()->add_params();
      param.set_key("p" + std::to_string(k));
      param.set_value("value");
    }
  }
  return response;
}

v1::GetMetricHistoryResponse history() {
  v1::GetMetricHistoryResponse response;
  for (int i = 0; i < 100'000; ++i) {
    v1::Metric& metric = *response.add_metrics();
    metric.set_key("m");
    metric.set_value(i / 7.0);
    metric.set_timestamp(i);
    metric.set_step(i);
  }
  return response;
}

}  // namespace

int main() {
  const std::string body = batch_body();
  const auto runs = page_of_runs();
  const auto points = history();
  std::printf("read 1,000 metrics (%zu bytes): %.0f us\n", body.size(), median_microseconds(300, [&] {
                google::protobuf::Arena arena;
                wire::read_json(body, *google::protobuf::Arena::CreateMessage<v1::LogBatchRequest>(&arena));
              }));
  std::printf("write 100 runs: %.0f us\n", median_microseconds(300, [&] { wire::write_json(runs); }));
  std::printf("write 100,000 points: %.0f us\n", median_microseconds(20, [&] { wire::write_json(points); }));
}

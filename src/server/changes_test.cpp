#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "millrace/v1/metrics.pb.h"
#include "millrace/v1/runs.pb.h"
#include "millrace/v1/webhooks.pb.h"
#include "server/changes.h"

using namespace millrace;
using namespace millrace::server;

namespace {

const CallContext kContext;

const wire::Operation& operation(std::string_view name) {
  const auto& all = wire::operations();
  return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
}

void log_metric(ChangeFeed& feed, const std::string& run) {
  v1::LogMetricRequest request;
  request.set_run_id(run);
  feed.note(operation("LogMetric"), request);
}

}  // namespace

TEST_CASE("a watcher is greeted, then told once of everything that was touched") {
  ChangeFeed feed;
  const auto source = feed.watch_changes(kContext, {});
  LiveSource& live = *source->live();
  CHECK(live.take().starts_with("retry: 2000\nevent: ready\ndata: {\"untouched_ms\":"));
  CHECK(live.take().empty());
  log_metric(feed, "b");
  log_metric(feed, "a\"<");
  log_metric(feed, "b");
  v1::CreateRunRequest create;
  create.set_experiment_id("7");
  feed.note(operation("CreateRun"), create);
  CHECK(live.take() ==
        "event: change\ndata: "
        "{\"experiments\":[\"7\"],\"runs\":[\"a\\\"<\",\"b\"],\"models\":[],\"all\":false}\n\n");
  CHECK(live.take().empty());
}

TEST_CASE("the greeting tells how long ago something was changed, here or by others") {
  ChangeFeed feed;
  const auto untouched = [&] {
    const std::string greeting = feed.watch_changes(kContext, {})->live()->take();
    return std::stoll(greeting.substr(greeting.rfind(':') + 1));
  };
  const auto wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(30)); };
  wait();
  CHECK(untouched() >= 30);
  v1::GetRunRequest read;
  feed.note(operation("GetRun"), read);
  CHECK(untouched() >= 30);
  const auto before = std::chrono::steady_clock::now();
  const auto since = [&] {
    return (std::chrono::steady_clock::now() - before) / std::chrono::milliseconds(1);
  };
  log_metric(feed, "a");
  CHECK(untouched() <= since());
  wait();
  CHECK(untouched() >= 30);
  feed.tell(ChangeSet::from_message("rb\n"));
  const int64_t after_others = untouched();
  CHECK(after_others + 30 <= since());
}

TEST_CASE("what is noted is handed on, what others hand over is told and not handed back") {
  ChangeFeed feed;
  std::string handed;
  feed.relay_to([&](const ChangeSet& changes) { handed += changes.message(1000); });
  log_metric(feed, "a");  // also while nobody listens here
  const auto source = feed.watch_changes(kContext, {});
  source->live()->take();
  feed.tell(ChangeSet::from_message("rb\n"));
  CHECK(handed == "ra\n");
  CHECK(source->live()->take().find("\"runs\":[\"b\"]") != std::string::npos);
}

TEST_CASE("reads are not told, what has no id is told as everything") {
  ChangeFeed feed;
  const auto source = feed.watch_changes(kContext, {});
  source->live()->take();
  v1::GetRunRequest read;
  read.set_run_id("a");
  feed.note(operation("GetRun"), read);
  feed.note(operation("ListWebhooks"), v1::ListWebhooksRequest());
  CHECK(source->live()->take().empty());
  log_metric(feed, "");
  CHECK(source->live()->take().find("\"all\":true") != std::string::npos);
}

TEST_CASE("a watcher that does not read costs a bounded number of ids") {
  ChangeFeed feed;
  const auto source = feed.watch_changes(kContext, {});
  source->live()->take();
  for (int i = 0; i < 10'000; ++i) log_metric(feed, std::to_string(i));
  const std::string event = source->live()->take();
  CHECK(event.size() < 10'000);
  CHECK(event.find("\"all\":true") != std::string::npos);
}

TEST_CASE("a waiting watcher is woken once, at once when there is something already") {
  ChangeFeed feed;
  const auto source = feed.watch_changes(kContext, {});
  LiveSource& live = *source->live();
  int woken = 0;
  live.when_ready([&] { ++woken; });
  CHECK(woken == 1);  // the greeting
  live.take();
  live.when_ready([&] { ++woken; });
  CHECK(woken == 1);
  log_metric(feed, "a");
  log_metric(feed, "a");
  CHECK(woken == 2);
}

TEST_CASE("there are only so many watchers, and one that leaves makes room") {
  ChangeFeed feed;
  std::vector<std::unique_ptr<ByteSource>> sources;
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 10'000; ++i) sources.push_back(feed.watch_changes(kContext, {}));
      }(),
      Error);
  CHECK(feed.subscribers() == static_cast<int64_t>(sources.size()));
  sources.pop_back();
  CHECK_NOTHROW(sources.push_back(feed.watch_changes(kContext, {})));
}

TEST_CASE("a watcher has to come back after a while") {
  ChangeFeed feed;
  CHECK_FALSE(feed.watch_changes(kContext, {})->remaining().has_value());
  ChangeFeed impatient{std::chrono::milliseconds(0)};
  CHECK(impatient.watch_changes(kContext, {})->remaining() == 0);
}

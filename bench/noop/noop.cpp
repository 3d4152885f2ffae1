// Keeps nothing: what is left to measure is the way to a plugin and back.

#include <algorithm>
#include <charconv>

#include "millrace/plugin.h"

namespace {

using namespace millrace;
namespace contract = v1::plugin;

// Bytes are copied once at this end, as from or to a real source: from the page cache, to a buffer.
constexpr size_t kPiece = size_t{1} << 20;

class Stars : public ByteSource {
 public:
  explicit Stars(uint64_t size) : left_(size) {}
  size_t read(std::span<char> buffer) override {
    static const std::string piece(kPiece, '*');
    const size_t count = std::min({buffer.size(), piece.size(), static_cast<size_t>(left_)});
    piece.copy(buffer.data(), count);
    left_ -= count;
    return count;
  }
  std::optional<uint64_t> remaining() const override { return left_; }

 private:
  uint64_t left_;
};

class Nowhere : public ByteSink {
 public:
  void write(std::string_view chunk) override { buffer_.assign(chunk.substr(0, kPiece)); }
  void commit() override {}

 private:
  std::string buffer_;
};

class Repository : public ArtifactRepository {
 public:
  contract::ArtifactListing list(const CallContext&, const contract::ArtifactPath&) override { return {}; }
  // The path is the size.
  std::unique_ptr<ByteSource> read(const CallContext&, const contract::ArtifactRead& request) override {
    uint64_t size = 0;
    std::from_chars(request.path().data(), request.path().data() + request.path().size(), size);
    return std::make_unique<Stars>(size);
  }
  std::unique_ptr<ByteSink> write(const CallContext&, const contract::ArtifactWrite&) override {
    return std::make_unique<Nowhere>();
  }
  contract::ArtifactRemoved remove(const CallContext&, const contract::ArtifactPath&) override { return {}; }
};

class Store : public TrackingStore {
 public:
  v1::Experiment create_experiment(const CallContext&, const contract::NewExperiment&) override {
    return experiment();
  }
  v1::Experiment get_experiment(const CallContext&, const contract::ExperimentLookup&) override {
    return experiment();
  }
  contract::Done update_experiment(const CallContext&, const contract::ExperimentChanges&) override {
    return {};
  }
  contract::ExperimentPage search_experiments(const CallContext&, const contract::ExperimentQuery&) override {
    contract::ExperimentPage page;
    *page.add_experiments() = experiment();
    return page;
  }
  contract::Done set_experiment_tag(const CallContext&, const contract::ExperimentTagWrite&) override {
    return {};
  }
  contract::Done delete_experiment_tag(const CallContext&, const contract::ExperimentTagKey&) override {
    return {};
  }
  v1::Run create_run(const CallContext&, const contract::NewRun&) override { return run(); }
  v1::Run get_run(const CallContext&, const contract::RunLookup&) override { return run(); }
  v1::RunInfo update_run(const CallContext&, const contract::RunChanges&) override { return run().info(); }
  contract::RunPage search_runs(const CallContext&, const contract::RunQuery&) override { return {}; }
  contract::RunDataOutcome write_run_data(const CallContext&, const contract::RunDataWrite&) override {
    return {};
  }
  contract::Done delete_run_tag(const CallContext&, const contract::RunTagKey&) override { return {}; }
  contract::MetricHistoryPage get_metric_history(const CallContext&,
                                                 const contract::MetricHistoryQuery&) override {
    return {};
  }

 private:
  static v1::Experiment experiment() {
    v1::Experiment experiment;
    experiment.set_experiment_id("0");
    experiment.set_name("Default");
    experiment.set_lifecycle_stage("active");
    return experiment;
  }
  static v1::Run run() {
    v1::Run run;
    run.mutable_info()->set_run_id("0123456789abcdef0123456789abcdef");
    run.mutable_info()->set_experiment_id("0");
    run.mutable_info()->set_lifecycle_stage("active");
    return run;
  }
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<TrackingStore>("noop", [](const PluginOptions&) { return std::make_shared<Store>(); });
  plugin.provide<ArtifactRepository>("noop",
                                     [](const PluginOptions&) { return std::make_shared<Repository>(); });
}

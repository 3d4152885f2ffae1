#include "conformance/tracking_store/store_words.h"

#include <algorithm>

#include "base/ids.h"
#include "query/query.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

v1::OrderBy by_attribute(const char* name, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(name);
  order.set_descending(descending);
  return order;
}

// Moves a query on to its next page; false at the end.
template <typename Query>
bool next_page(Query& query, const std::string& cursor) {
  require(cursor.empty() || cursor != query.page().cursor(), "a page gives its own cursor as the next");
  query.mutable_page()->set_cursor(cursor);
  return !cursor.empty();
}

template <typename Pairs>
const auto* find_key(const Pairs& pairs, std::string_view key) {
  const auto found =
      std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.key() == key; });
  return found == pairs.end() ? nullptr : &*found;
}

template <typename Pairs>
const auto& require_key(const Pairs& pairs, std::string_view key, const std::string& what) {
  const auto* pair = find_key(pairs, key);
  if (pair == nullptr) throw Failure("the run has no " + what + " '" + std::string(key) + "'");
  return *pair;
}

std::string letters_for(const Ids& ids, const Ids& known) {
  std::string text;
  for (const std::string& id : ids) {
    const auto place = std::find(known.begin(), known.end(), id) - known.begin();
    if (!text.empty()) text += ' ';
    text +=
        place < static_cast<ptrdiff_t>(known.size()) ? std::string(1, static_cast<char>('a' + place)) : id;
  }
  return "[" + text + "]";
}

}  // namespace

std::string StoreWords::experiment(const std::string& name, int64_t creation_time) const {
  v1::plugin::NewExperiment request;
  request.set_name(name);
  request.set_artifact_root("root:/artifacts");
  request.set_creation_time(creation_time);
  return store_->create_experiment(kContext, request).experiment_id();
}

v1::Experiment StoreWords::find_experiment(const std::string& id) const {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_experiment_id(id);
  return store_->get_experiment(kContext, lookup);
}

v1::Experiment StoreWords::find_experiment_by_name(const std::string& name) const {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_name(name);
  return store_->get_experiment(kContext, lookup);
}

void StoreWords::rename_experiment(const std::string& id, const std::string& name) const {
  v1::plugin::ExperimentChanges changes;
  changes.set_experiment_id(id);
  changes.set_required_stage("active");
  changes.set_name(name);
  changes.set_update_time(2000);
  store_->update_experiment(kContext, changes);
}

void StoreWords::set_experiment_stage(const std::string& id, const std::string& from,
                                      const std::string& to) const {
  v1::plugin::ExperimentChanges changes;
  changes.set_experiment_id(id);
  changes.set_required_stage(from);
  changes.set_lifecycle_stage(to);
  changes.set_update_time(2000);
  store_->update_experiment(kContext, changes);
}

void StoreWords::tag_experiment(const std::string& id, const std::string& key,
                                const std::string& value) const {
  v1::plugin::ExperimentTagWrite tag;
  tag.set_experiment_id(id);
  tag.set_key(key);
  tag.set_value(value);
  tag.set_update_time(2000);
  store_->set_experiment_tag(kContext, tag);
}

Ids StoreWords::search_experiments(const std::string& filter, v1::ViewType view,
                                   const std::vector<std::string>& order, int64_t page) const {
  v1::plugin::ExperimentQuery query;
  query.set_view_type(view);
  *query.mutable_filter() = query::parse_filter(query::Entity::kExperiment, filter);
  for (const auto& term : order)
    *query.add_order_by() = query::parse_order_by(query::Entity::kExperiment, term);
  *query.add_order_by() = by_attribute("experiment_id", false);
  query.mutable_page()->set_limit(page);
  Ids ids;
  bool more = true;
  while (more) {
    const auto answer = store_->search_experiments(kContext, query);
    require(answer.experiments_size() <= page, "a page holds more experiments than its limit");
    for (const auto& experiment : answer.experiments()) ids.push_back(experiment.experiment_id());
    more = next_page(query, answer.next_cursor());
  }
  return ids;
}

std::string StoreWords::run(const std::string& experiment, int64_t start_time,
                            const std::string& name) const {
  v1::plugin::NewRun request;
  v1::RunInfo& info = *request.mutable_info();
  info.set_run_id(random_hex_id());
  info.set_run_uuid(info.run_id());
  info.set_run_name(name);
  info.set_experiment_id(experiment);
  info.set_user_id("user");
  info.set_status(v1::RUNNING);
  info.set_start_time(start_time);
  info.set_lifecycle_stage("active");
  if (!name.empty()) {
    v1::RunTag& tag = *request.add_tags();
    tag.set_key("mlflow.runName");
    tag.set_value(name);
  }
  return store_->create_run(kContext, request).info().run_id();
}

v1::Run StoreWords::find_run(const std::string& id) const {
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(id);
  return store_->get_run(kContext, lookup);
}

void StoreWords::finish(const std::string& run, int64_t end_time) const {
  v1::plugin::RunChanges changes;
  changes.set_run_id(run);
  changes.set_required_stage("active");
  changes.set_status(v1::FINISHED);
  changes.set_end_time(end_time);
  changes.set_update_time(end_time);
  store_->update_run(kContext, changes);
}

void StoreWords::rename_run(const std::string& run, const std::string& name) const {
  v1::plugin::RunChanges changes;
  changes.set_run_id(run);
  changes.set_run_name(name);
  store_->update_run(kContext, changes);
}

void StoreWords::set_run_stage(const std::string& run, const std::string& from, const std::string& to) const {
  v1::plugin::RunChanges changes;
  changes.set_run_id(run);
  changes.set_required_stage(from);
  changes.set_lifecycle_stage(to);
  changes.set_update_time(2000);
  store_->update_run(kContext, changes);
}

void StoreWords::delete_run_tag(const std::string& run, const std::string& key) const {
  v1::plugin::RunTagKey tag;
  tag.set_run_id(run);
  tag.set_key(key);
  store_->delete_run_tag(kContext, tag);
}

v1::plugin::RunQuery StoreWords::run_query(const std::string& filter, const std::vector<std::string>& order,
                                           int64_t page) {
  v1::plugin::RunQuery query;
  query.set_view_type(v1::ACTIVE_ONLY);
  *query.mutable_filter() = query::parse_filter(query::Entity::kRun, filter);
  for (const auto& term : order) *query.add_order_by() = query::parse_order_by(query::Entity::kRun, term);
  *query.add_order_by() = by_attribute("start_time", true);
  *query.add_order_by() = by_attribute("run_id", false);
  query.mutable_page()->set_limit(page);
  return query;
}

Ids StoreWords::search(v1::plugin::RunQuery query) const {
  Ids ids;
  bool more = true;
  while (more) {
    const auto answer = store_->search_runs(kContext, query);
    require(answer.runs_size() <= query.page().limit(), "a page holds more runs than its limit");
    for (const auto& run : answer.runs()) ids.push_back(run.info().run_id());
    more = next_page(query, answer.next_cursor());
  }
  return ids;
}

Ids StoreWords::search(const std::string& experiment, const std::string& filter,
                       const std::vector<std::string>& order, int64_t page, v1::ViewType view) const {
  v1::plugin::RunQuery query = run_query(filter, order, page);
  query.add_experiment_ids(experiment);
  query.set_view_type(view);
  return search(std::move(query));
}

void StoreWords::write(const v1::plugin::RunDataWrite& data) const {
  const auto outcome = store_->write_run_data(kContext, data);
  if (outcome.conflicts_size() == 0) return;
  throw Failure("the param '" + outcome.conflicts(0).key() + "' is told to conflict with '" +
                outcome.conflicts(0).existing_value() + "'");
}

void StoreWords::metric(const std::string& run, const std::string& key, double value, int64_t step,
                        int64_t timestamp) const {
  v1::plugin::RunDataWrite data = batch(run);
  add_metric(data, key, value, step, timestamp);
  write(data);
}

void StoreWords::param(const std::string& run, const std::string& key, const std::string& value) const {
  v1::plugin::RunDataWrite data = batch(run);
  add_param(data, key, value);
  write(data);
}

void StoreWords::tag(const std::string& run, const std::string& key, const std::string& value) const {
  v1::plugin::RunDataWrite data = batch(run);
  add_tag(data, key, value);
  write(data);
}

v1::plugin::RunDataWrite StoreWords::batch(const std::string& run) {
  v1::plugin::RunDataWrite data;
  data.set_run_id(run);
  return data;
}

void StoreWords::add_metric(v1::plugin::RunDataWrite& data, const std::string& key, double value,
                            int64_t step, int64_t timestamp) {
  v1::Metric& metric = *data.add_metrics();
  metric.set_key(key);
  metric.set_value(value);
  metric.set_step(step);
  metric.set_timestamp(timestamp);
}

void StoreWords::add_param(v1::plugin::RunDataWrite& data, const std::string& key, const std::string& value) {
  v1::Param& param = *data.add_params();
  param.set_key(key);
  param.set_value(value);
}

void StoreWords::add_tag(v1::plugin::RunDataWrite& data, const std::string& key, const std::string& value) {
  v1::RunTag& tag = *data.add_tags();
  tag.set_key(key);
  tag.set_value(value);
}

std::vector<v1::MetricWithRunId> StoreWords::history(const Ids& runs, const std::string& key,
                                                     int64_t page) const {
  v1::plugin::MetricHistoryQuery query;
  *query.mutable_run_ids() = {runs.begin(), runs.end()};
  query.set_metric_key(key);
  query.mutable_page()->set_limit(page);
  std::vector<v1::MetricWithRunId> points;
  bool more = true;
  while (more) {
    const auto answer = store_->get_metric_history(kContext, query);
    require(answer.metrics_size() <= page, "a page holds more points than its limit");
    points.insert(points.end(), answer.metrics().begin(), answer.metrics().end());
    more = next_page(query, answer.next_cursor());
  }
  return points;
}

double latest(const v1::Run& run, std::string_view key) {
  return require_key(run.data().metrics(), key, "latest value of").value();
}

std::string param_of(const v1::Run& run, std::string_view key) {
  return require_key(run.data().params(), key, "param").value();
}

std::string tag_of(const v1::Run& run, std::string_view key) {
  return require_key(run.data().tags(), key, "tag").value();
}

bool has_tag(const v1::Run& run, std::string_view key) {
  return find_key(run.data().tags(), key) != nullptr;
}

void require_ids(const Ids& found, const Ids& expected, const Ids& known, const std::string& what) {
  if (found == expected) return;
  throw Failure(what + ": " + letters_for(found, known) + " instead of " + letters_for(expected, known));
}

TrackingStoreCheck on_new_store(const std::string& name, void (*run)(const StoreWords&)) {
  return {Theme::kCorrectness, name,
          [run](TrackingStoreSubject& subject, const Effort&) { run(StoreWords(subject.open_new())); }};
}

TrackingStoreCheck with_capability(const std::string& capability, const std::string& name,
                                   void (*run)(const StoreWords&)) {
  return {Theme::kCorrectness, name, [capability, run](TrackingStoreSubject& subject, const Effort&) {
            require_capability(subject, capability);
            run(StoreWords(subject.open_new()));
          }};
}

}  // namespace millrace::conformance

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

using v1::plugin::RunDataWrite;

const CallContext kContext;

void texts_come_back_unchanged(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"), 1, "\xf0\x9f\x9a\x80 run \xc3\xbc");
  require_equal(store.find_run(run).info().run_name(), "\xf0\x9f\x9a\x80 run \xc3\xbc", "the name of a run");
  const std::vector<std::string> values{"\xc3\xa4\xe2\x98\x83",
                                        "\xf0\x9f\xa4\x96\xf0\x9f\x9a\x80",
                                        "'; DROP TABLE runs; --",
                                        "line\nline\ttab",
                                        " blanks ",
                                        "",
                                        "\xe5\xae\x9f\xe9\xa8\x93",
                                        "NaN",
                                        "1e5",
                                        "null"};
  for (size_t i = 0; i < values.size(); ++i) {
    store.tag(run, "t" + std::to_string(i), values[i]);
    store.param(run, "p" + std::to_string(i), values[i]);
  }
  const v1::Run found = store.find_run(run);
  for (size_t i = 0; i < values.size(); ++i) {
    require_equal(tag_of(found, "t" + std::to_string(i)), values[i], "a tag");
    require_equal(param_of(found, "p" + std::to_string(i)), values[i], "a param");
  }
}

void long_values_come_back(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  std::string long_text;
  for (int i = 0; i < 2000; ++i) long_text += "\xf0\x9f\x9a\x80";
  const std::string key(250, 'k');
  RunDataWrite data = StoreWords::batch(run);
  StoreWords::add_metric(data, key, 1);
  StoreWords::add_param(data, key, long_text + std::string(4000, 'x'));
  StoreWords::add_tag(data, key, long_text + std::string(6000, 'x'));
  store.write(data);
  const v1::Run found = store.find_run(run);
  require(latest(found, key) == 1, "the metric with a key of 250 characters differs");
  require(param_of(found, key) == data.params(0).value(), "a param of 6,000 characters differs");
  require(tag_of(found, key) == data.tags(0).value(), "a tag of 8,000 characters differs");
}

void keys_are_told_apart(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  const std::vector<std::string> keys{"loss",       "Loss",       "LOSS",  "train/loss",
                                      "train.loss", "train loss", "loss ", "l_ss"};
  for (size_t i = 0; i < keys.size(); ++i) {
    store.metric(run, keys[i], static_cast<double>(i));
    store.param(run, keys[i], std::to_string(i));
    store.tag(run, keys[i], std::to_string(i));
  }
  const v1::Run found = store.find_run(run);
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string which = " with the key '" + keys[i] + "'";
    require(latest(found, keys[i]) == static_cast<double>(i),
            "the metric" + which + " has the value of another");
    require_equal(param_of(found, keys[i]), std::to_string(i), "the param" + which);
    require_equal(tag_of(found, keys[i]), std::to_string(i), "the tag" + which);
    require_count(static_cast<int64_t>(store.history(run, keys[i]).size()), 1,
                  "points of the metric" + which);
  }
}

void a_param_keeps_its_value(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.param(run, "p", "1");
  RunDataWrite data = StoreWords::batch(run);
  StoreWords::add_param(data, "p", "2");
  const auto outcome = store->write_run_data(kContext, data);
  require_count(outcome.conflicts_size(), 1, "conflicts that are told");
  require_equal(outcome.conflicts(0).key(), "p", "the key of the conflict");
  require_equal(outcome.conflicts(0).existing_value(), "1", "the existing value in the conflict");
  require_equal(outcome.conflicts(0).new_value(), "2", "the new value in the conflict");
  require_equal(param_of(store.find_run(run), "p"), "1", "the param after the refusal");
}

void the_same_param_again_is_fine(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  for (int i = 0; i < 3; ++i) store.param(run, "p", "1");
  require_count(store.find_run(run).data().params_size(), 1, "params");
}

void a_refused_batch_leaves_nothing(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.param(run, "p", "1");
  RunDataWrite data = StoreWords::batch(run);
  StoreWords::add_metric(data, "m", 1);
  StoreWords::add_param(data, "new", "1");
  StoreWords::add_param(data, "p", "2");
  StoreWords::add_tag(data, "t", "1");
  require(store->write_run_data(kContext, data).conflicts_size() > 0, "the conflict is not told");
  const v1::Run found = store.find_run(run);
  require(found.data().metrics().empty(), "a metric of a refused batch was kept");
  require_count(found.data().params_size(), 1, "params after a refused batch");
  require(!has_tag(found, "t"), "a tag of a refused batch was kept");
  require(store.history(run, "m").empty(), "a refused batch is in the history");
}

void a_large_batch_is_kept_whole(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  RunDataWrite data = StoreWords::batch(run);
  for (int i = 0; i < 1000; ++i) StoreWords::add_metric(data, "m" + std::to_string(i), i, i, i);
  for (int i = 0; i < 100; ++i) StoreWords::add_param(data, "p" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 100; ++i) StoreWords::add_tag(data, "t" + std::to_string(i), std::to_string(i));
  store.write(data);
  const v1::Run found = store.find_run(run);
  require_count(found.data().metrics_size(), 1000, "metrics");
  require_count(found.data().params_size(), 100, "params");
  require_count(found.data().tags_size(), 101, "tags, the name of the run among them");
  require(latest(found, "m999") == 999, "the last metric differs");
}

void an_empty_batch_is_fine(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.write(StoreWords::batch(run));
  require(store.find_run(run).data().metrics().empty(), "an empty batch left a metric");
}

void tags_replace(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.tag(run, "k", "1");
  store.tag(run, "k", "2");
  const v1::Run found = store.find_run(run);
  require_count(found.data().tags_size(), 2, "tags, the name of the run among them");
  require_equal(tag_of(found, "k"), "2", "the tag");
}

void tags_are_deleted(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.tag(run, "k", "1");
  store.tag(run, "other", "1");
  store.delete_run_tag(run, "k");
  require(!has_tag(store.find_run(run), "k"), "a deleted tag is still there");
  require(has_tag(store.find_run(run), "other"), "another tag went along");
  require_error([&] { store.delete_run_tag(run, "k"); }, ErrorCode::kResourceDoesNotExist,
                "deleting a tag that is not there");
}

}  // namespace

std::vector<TrackingStoreCheck> run_data_checks() {
  return {
      on_new_store("texts in any script come back unchanged", texts_come_back_unchanged),
      on_new_store("the longest keys and values come back", long_values_come_back),
      on_new_store("keys that differ in case, blanks and signs are told apart", keys_are_told_apart),
      on_new_store("a param keeps its value and another is told as a conflict", a_param_keeps_its_value),
      on_new_store("a param that is logged again with its value is no conflict",
                   the_same_param_again_is_fine),
      on_new_store("a batch that is refused leaves nothing", a_refused_batch_leaves_nothing),
      on_new_store("a batch of 1,000 metrics, 100 params and 100 tags is kept whole",
                   a_large_batch_is_kept_whole),
      on_new_store("an empty batch is accepted", an_empty_batch_is_fine),
      on_new_store("a tag of a run replaces the older one", tags_replace),
      on_new_store("a tag of a run is deleted, and what is not there is RESOURCE_DOES_NOT_EXIST",
                   tags_are_deleted),
  };
}

}  // namespace millrace::conformance

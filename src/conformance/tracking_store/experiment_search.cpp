#include <algorithm>

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

// Stores may come with experiments of their own, such as "Default"; the checks look at those they made.
Ids only(const Ids& found, const Ids& known) {
  Ids result;
  for (const std::string& id : found) {
    if (std::find(known.begin(), known.end(), id) != known.end()) result.push_back(id);
  }
  return result;
}

void are_searched(const StoreWords& store) {
  const Ids ids{store.experiment("red apple", 2000), store.experiment("green apple", 3000),
                store.experiment("Red cherry", 4000)};
  const std::string a = ids[0], b = ids[1], c = ids[2];
  store.tag_experiment(a, "team", "x");
  store.tag_experiment(c, "team", "y");
  const auto expect = [&](const std::string& filter, const Ids& expected) {
    Ids found = only(store.search_experiments(filter, v1::ACTIVE_ONLY, {"creation_time"}), ids);
    require_ids(found, expected, ids, filter);
  };
  expect("name = 'red apple'", {a});
  expect("name != 'red apple'", {b, c});
  expect("name LIKE '%apple'", {a, b});
  expect("name LIKE 'red%'", {a});
  expect("name ILIKE 'RED%'", {a, c});
  expect("creation_time >= 3000", {b, c});
  expect("creation_time < 3000 AND creation_time > 1999", {a});
  expect("tags.team = 'x'", {a});
  expect("tags.team != 'x'", {c});
  expect("tags.team IS NULL", {b});
  expect("experiment_id IN ('" + a + "', '" + c + "')", {a, c});
  expect("tags.team = 'x' OR (name ILIKE 'red%' AND creation_time > 3000)", {a, c});
}

void views_show_stages(const StoreWords& store) {
  const Ids ids{store.experiment("active"), store.experiment("deleted")};
  store.set_experiment_stage(ids[1], "active", "deleted");
  const auto view = [&](v1::ViewType type) {
    return only(store.search_experiments("", type, {"name"}), ids);
  };
  require_ids(view(v1::ACTIVE_ONLY), {ids[0]}, ids, "active experiments");
  require_ids(view(v1::DELETED_ONLY), {ids[1]}, ids, "deleted experiments");
  require_ids(view(v1::ALL), ids, ids, "all experiments");
}

void are_ordered(const StoreWords& store) {
  const Ids ids{store.experiment("b", 5000), store.experiment("c", 6000), store.experiment("a", 5000)};
  const auto ordered = [&](const std::vector<std::string>& order) {
    return only(store.search_experiments("", v1::ACTIVE_ONLY, order), ids);
  };
  require_ids(ordered({"name"}), {ids[2], ids[0], ids[1]}, ids, "by name");
  require_ids(ordered({"name DESC"}), {ids[1], ids[0], ids[2]}, ids, "by name, descending");
  require_ids(ordered({"creation_time DESC", "name"}), {ids[1], ids[2], ids[0]}, ids,
              "by creation time, descending, then by name");
}

void pages_show_each_once(const StoreWords& store) {
  Ids ids;
  for (int i = 0; i < 23; ++i) ids.push_back(store.experiment("e" + std::to_string(i), i / 5));
  const std::vector<std::string> order{"creation_time"};
  const Ids whole = store.search_experiments("", v1::ACTIVE_ONLY, order);
  require_ids(store.search_experiments("", v1::ACTIVE_ONLY, order, 4), whole, ids,
              "pages of 4 against the whole");
  require_count(static_cast<int64_t>(only(whole, ids).size()), 23, "experiments on all pages");
}

}  // namespace

std::vector<TrackingStoreCheck> experiment_search_checks() {
  return {
      on_new_store("experiments are searched by name, time and tag", are_searched),
      on_new_store("a view shows active, deleted or all experiments", views_show_stages),
      on_new_store("experiments come in the order that is asked for", are_ordered),
      on_new_store("pages of experiments show each once", pages_show_each_once),
  };
}

}  // namespace millrace::conformance

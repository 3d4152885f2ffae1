#include "maintenance/gc.h"

#include <cmath>
#include <functional>
#include <set>

#include "artifacts/path_rules.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/shown_uri.h"
#include "maintenance/gc_rows.h"

namespace millrace::maintenance {
namespace {

// A repository that is gone lets everything fail: there is an end to it, and to what is remembered of it.
constexpr size_t kMostLeftOut = 100'000;

// What is done with each kind of thing.
struct Kind {
  const char* name;
  std::optional<Standing> (*standing)(Session&, const std::string&);
  void (*remove)(Session&, const std::string&);
};

constexpr Kind kRun{"run", standing_of_run, delete_run};
constexpr Kind kModel{"logged model", standing_of_model, delete_model};
constexpr Kind kTrace{"trace", nullptr, delete_trace};
constexpr Kind kExperiment{"experiment", standing_of_experiment, delete_experiment};

class Collection {
 public:
  Collection(Session& session, const artifacts::ArtifactLocations& locations, const GcOptions& options,
             const Tell& tell)
      : session_(session),
        locations_(locations),
        options_(options),
        tell_(tell),
        before_(unix_millis() - options.older_than) {}

  GcReport run() {
    if (options_.run_ids.empty() && options_.experiment_ids.empty() && options_.model_ids.empty())
      collect_all();
    else
      collect_named();
    return report_;
  }

 private:
  using Page = std::function<std::vector<Doomed>(const std::string& last)>;

  void collect_all() {
    walk([&](const std::string& last) { return deleted_runs(session_, last, before_); },
         [&](const Doomed& run) { collect(kRun, run, report_.runs); });
    walk([&](const std::string& last) { return deleted_models(session_, last, before_); },
         [&](const Doomed& model) { collect(kModel, model, report_.models); });
    walk([&](const std::string& last) { return deleted_experiments(session_, last, before_); },
         [&](const Doomed& experiment) { collect_experiment(experiment); });
  }

  void collect_named() {
    const std::vector<Doomed> runs = named(kRun, options_.run_ids);
    const std::vector<Doomed> models = named(kModel, options_.model_ids);
    const std::vector<Doomed> experiments = named(kExperiment, options_.experiment_ids);
    for (const Doomed& run : runs) collect(kRun, run, report_.runs);
    for (const Doomed& model : models) collect(kModel, model, report_.models);
    for (const Doomed& experiment : experiments) collect_experiment(experiment);
  }

  std::vector<Doomed> named(const Kind& kind, const std::vector<std::string>& ids) {
    std::vector<Doomed> things;
    for (const std::string& id : ids) {
      const std::optional<Standing> now = kind.standing(session_, id);
      const std::string what = std::string("The ") + kind.name + " '" + id + "'";
      if (!now) throw_invalid_parameter(what + " is not there.");
      if (now->stage != "deleted")
        throw_invalid_parameter(what + " is not deleted; only what users have deleted is removed.");
      if (now->time > before_) throw_invalid_parameter(what + " was deleted later than --older-than says.");
      things.push_back({id, now->location});
    }
    return things;
  }

  void walk(const Page& next, const std::function<void(const Doomed&)>& each) {
    std::string last;
    for (std::vector<Doomed> page = next(last); !page.empty(); page = next(last)) {
      for (const Doomed& thing : page) each(thing);
      last = page.back().id;
    }
  }

  void collect_experiment(const Doomed& experiment) {
    if (options_.apply && was_restored(kExperiment, experiment.id))
      return leave_out(kExperiment, experiment.id, "it was restored meanwhile");
    bool is_whole = true;
    in_experiment_ = true;
    const auto in = [&](auto page, const Kind& kind, int64_t& count) {
      walk([&](const std::string& last) { return page(session_, experiment.id, last); },
           [&](const Doomed& thing) {
             if (!left_out_.contains(thing.id) && !is_told(kind, thing.id)) collect(kind, thing, count);
             is_whole = is_whole && !left_out_.contains(thing.id);
           });
    };
    in(runs_in, kRun, report_.runs);
    in(models_in, kModel, report_.models);
    in(traces_in, kTrace, report_.traces);
    in_experiment_ = false;
    if (!is_whole) return leave_out(kExperiment, experiment.id, "something in it was left out");
    collect(kExperiment, experiment, report_.experiments);
  }

  // When nothing is deleted, what is in a deleted experiment may have been told among all that is deleted.
  bool is_told(const Kind& kind, const std::string& id) {
    if (options_.apply || kind.standing == nullptr || !options_.experiment_ids.empty()) return false;
    const std::optional<Standing> now = kind.standing(session_, id);
    return now && now->stage == "deleted" && now->time <= before_;
  }

  void collect(const Kind& kind, const Doomed& thing, int64_t& count) {
    try {
      if (options_.apply && was_restored(kind, thing.id))
        return leave_out(kind, thing.id, "it was restored meanwhile");
      remove(kind, thing);
    } catch (const Error& error) {
      return leave_out(kind, thing.id, error.what());
    }
    ++count;
    tell_((options_.apply ? "deleted " : "would delete ") + std::string(kind.name) + " " + thing.id +
          (thing.location.empty() ? "" : ", artifacts at " + shown_uri(thing.location)));
  }

  // Without --apply, only what would be in the way is found.
  void remove(const Kind& kind, const Doomed& thing) {
    if (!thing.location.empty() && !options_.keep_artifacts) {
      const Split place = split(thing);
      if (options_.apply) remove_artifacts(place);
    }
    if (options_.apply) kind.remove(session_, thing.id);
  }

  // Runs and models of a deleted experiment go with it, whatever they are themselves.
  bool was_restored(const Kind& kind, const std::string& id) {
    if (kind.standing == nullptr) return false;
    const std::optional<Standing> now = kind.standing(session_, id);
    return now && now->stage != "deleted" && !in_experiment_;
  }

  void leave_out(const Kind& kind, const std::string& id, const std::string& why) {
    ++report_.left_out;
    if (left_out_.size() >= kMostLeftOut)
      throw Error(ErrorCode::kResourceExhausted,
                  "Too much had to be left out; see to that first, and run the command again.");
    left_out_.insert(id);
    tell_(std::string("left out ") + kind.name + " " + id + ": " + why);
  }

  // A place of artifacts, split before the folder that is named after the thing.
  struct Split {
    std::string root;
    std::string path;
  };

  static Split split(const Doomed& thing) {
    const std::string& location = thing.location;
    const std::string folder = "/" + thing.id;
    const size_t at = location.rfind(folder);
    const size_t end = at == std::string::npos ? at : at + folder.size();
    const bool is_folder = end != std::string::npos && (end == location.size() || location[end] == '/') &&
                           location.find_first_of("?#") == std::string::npos;
    if (!is_folder)
      throw_invalid_parameter("its artifacts at " + shown_uri(location) +
                              " are in no folder that is named after it, so others may have theirs there; "
                              "remove them by hand, and it with --keep-artifacts");
    std::string root = location.substr(0, at);
    if (root.empty() || root.ends_with(':')) root += '/';
    std::string path = location.substr(at + 1);
    while (path.ends_with('/')) path.pop_back();
    return {root, artifacts::checked_path(path)};
  }

  void remove_artifacts(const Split& place) {
    const artifacts::ArtifactPlace found = locations_.resolve(place.root, place.path);
    v1::plugin::ArtifactPath path;
    path.set_path(found.path);
    found.repository->remove(CallContext(), path);
  }

  Session& session_;
  const artifacts::ArtifactLocations& locations_;
  const GcOptions& options_;
  const Tell& tell_;
  const int64_t before_;
  bool in_experiment_ = false;
  std::set<std::string> left_out_;  // so that nothing is tried and told twice
  GcReport report_;
};

}  // namespace

GcReport collect_garbage(Session& session, const artifacts::ArtifactLocations& locations,
                         const GcOptions& options, const Tell& tell) {
  require_known_schema(session);
  return Collection(session, locations, options, tell).run();
}

int64_t parse_age(const std::string& text) {
  double seconds = 0;
  size_t at = 0;
  std::string units = "dhms";
  while (at < text.size()) {
    const size_t end = text.find_first_not_of("0123456789.", at);
    const size_t unit = end == std::string::npos || end == at ? std::string::npos : units.find(text[end]);
    if (unit == std::string::npos) {
      seconds = NAN;
      break;
    }
    const double number = std::strtod(text.c_str() + at, nullptr);
    const char letter = units[unit];
    seconds += number * (letter == 'd' ? 86400 : letter == 'h' ? 3600 : letter == 'm' ? 60 : 1);
    units.erase(0, unit + 1);
    at = end + 1;
  }
  if (text.empty() || !std::isfinite(seconds) || seconds > 1e11)
    throw_invalid_parameter("'" + text + "' is no age; write it as in 30d, 8h or 2d8h5m20s.");
  return static_cast<int64_t>(seconds * 1000);
}

}  // namespace millrace::maintenance

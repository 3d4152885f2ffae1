#include "tracking/stores/file/thing.h"

#include "base/clock.h"
#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/metric_text.h"

namespace millrace::tracking::files {
namespace {

// An unfinished line of a file that nobody has touched for so long will not be finished.
constexpr int64_t kAbandonedNs = 10'000'000'000;

std::vector<KeyFile> keys_in(const Folder& folder, const char* name, const Complain& complain) {
  const auto state = folder.state(name);
  if (!state) return {};
  if (!state->is_folder()) {
    complain(folder.path_of(name) + " is left out: it is no folder.");
    return {};
  }
  const auto inner = folder.find(name);
  return inner ? key_files(*inner, complain) : std::vector<KeyFile>();
}

KeyValues values_in(const Folder& folder, const char* name, const std::vector<KeyFile>& files,
                    const Complain& complain) {
  if (files.empty()) return {};
  return read_values(folder.open(name), files, complain);
}

// Takes the lines of one file that were not taken before.
class MetricFileReader {
 public:
  MetricFileReader(const Folder& metrics, ThingKind kind, const Complain& complain)
      : metrics_(metrics), kind_(kind), complain_(complain) {}

  MetricFileContent read(const KeyFile& file, const MetricFileRecord* known) {
    MetricFileContent content;
    content.key = file.key;
    with_key_file(metrics_, file.key, [&](const Folder& parent, const std::string& name) {
      const int64_t begin = begin_of(parent, name, file, known);
      content.from_begin = begin == 0 && known != nullptr;
      const bool abandoned =
          std::max(file.state.modified_ns, file.state.changed_ns) < unix_nanos() - kAbandonedNs;
      const MetricRead read = read_metric_lines(parent, name, begin, abandoned,
                                                [&](std::string_view line) { return take(line, content); });
      if (read.bad_lines > 0)
        complain_(std::to_string(read.bad_lines) + " lines of " + parent.path_of(name) +
                  " are left out: they are no metrics.");
      // Should the last line be finished after all, what was taken of it must go.
      const bool took_rest = read.has_rest && abandoned;
      content.record = {file.state.inode, took_rest ? -1 : read.end, read.tail, file.state.stamp()};
    });
    return content;
  }

 private:
  // A file that was only appended to goes on where it ended.
  int64_t begin_of(const Folder& parent, const std::string& name, const KeyFile& file,
                   const MetricFileRecord* known) const {
    if (known == nullptr || known->size < 0 || known->inode != file.state.inode) return 0;
    const bool grew = file.state.size > known->size || (file.state.size == known->size && known->stamp == 0);
    return grew && tail_before(parent, name, known->size) == known->tail ? known->size : 0;
  }

  bool take(std::string_view line, MetricFileContent& content) const {
    if (kind_ == ThingKind::kRun) {
      const auto metric = parse_run_line(line);
      if (metric) content.points.push_back({metric->timestamp(), metric->value(), metric->step()});
      return metric.has_value();
    }
    auto metric = parse_model_line(line);
    if (!metric) return false;
    metric->set_key(content.key);
    content.metrics.push_back(*std::move(metric));
    return true;
  }

  const Folder& metrics_;
  ThingKind kind_;
  const Complain& complain_;
};

void read_metrics(const Folder& folder, const MetricFileRecords& records, const Complain& complain,
                  ThingContent& content) {
  std::map<std::string, bool> found;
  for (const KeyFile& file : content.look.metrics) {
    found[file.key] = true;
    const auto known = records.find(file.key);
    const int64_t stamp = file.state.stamp();
    if (known != records.end() && stamp != 0 && known->second.stamp == stamp) continue;
    try {
      const Folder metrics = folder.open(kMetrics);
      content.metrics.push_back(MetricFileReader(metrics, content.place.kind, complain)
                                    .read(file, known == records.end() ? nullptr : &known->second));
    } catch (const Error& error) {
      complain(std::string("Left out: ") + error.what());
    }
  }
  for (const auto& [key, record] : records) {
    if (!found.contains(key)) content.lost_metrics.push_back(key);
  }
}

void read_meta(const Folder& folder, ThingContent& content) {
  const ThingPlace& place = content.place;
  switch (place.kind) {
    case ThingKind::kExperiment:
      content.experiment = read_experiment_meta(folder, place.name, place.in_trash);
      break;
    case ThingKind::kRun:
      content.run = read_run_meta(folder, place.name, place.experiment);
      break;
    case ThingKind::kModel:
      content.model = read_model_meta(folder, place.name, place.experiment);
      break;
  }
}

void read_parts(const Folder& root, const Folder& folder, const ThingStamps& known,
                const MetricFileRecords& records, const Complain& complain, ThingContent& content) {
  const ThingStamps& now = content.look.stamps;
  const auto changed = [](int64_t before, int64_t after) { return after == 0 || before != after; };
  if (changed(known.meta, now.meta)) read_meta(folder, content);
  if (changed(known.params, now.params))
    content.params = values_in(folder, kParams, content.look.params, complain);
  if (changed(known.tags, now.tags)) content.tags = values_in(folder, kTags, content.look.tags, complain);
  if (content.place.kind == ThingKind::kRun && changed(known.links, now.links)) {
    Folder experiment = content.place.in_trash ? root.open(kTrash).open(content.place.experiment)
                                               : root.open(content.place.experiment);
    content.links = read_links(experiment, folder, complain);
  }
  if (changed(known.metrics, now.metrics)) read_metrics(folder, records, complain, content);
}

}  // namespace

void for_each_experiment(const Folder& root, const VisitExperiment& visit) {
  const auto visit_all = [&](const Folder& parent, bool in_trash) {
    for (const Folder::Entry& entry : parent.entries()) {
      if (entry.may_be_folder && experiment_number(entry.name)) visit(parent, entry.name, in_trash);
    }
  };
  visit_all(root, false);
  if (const auto trash = root.find(kTrash)) visit_all(*trash, true);
}

std::optional<Folder> find_thing(const Folder& root, const ThingPlace& place) {
  std::optional<Folder> folder = place.in_trash ? root.find(kTrash) : std::nullopt;
  if (place.in_trash && !folder) return std::nullopt;
  folder = (folder ? *folder : root).find(place.experiment);
  if (!folder || place.kind == ThingKind::kExperiment) return folder;
  if (place.kind == ThingKind::kModel) {
    folder = folder->find(kModels);
    if (!folder) return folder;
  }
  return folder->find(place.name);
}

std::optional<ThingLook> look_at(const Folder& folder, ThingKind kind, const Complain& complain) {
  const auto meta = folder.state(kMeta);
  if (!meta) return std::nullopt;
  ThingLook look;
  look.stamps = {meta->stamp(), 1, 1, 1, 1};
  look.tags = keys_in(folder, kTags, complain);
  look.stamps.tags = stamp_of(look.tags);
  if (kind == ThingKind::kExperiment) return look;
  look.params = keys_in(folder, kParams, complain);
  look.stamps.params = stamp_of(look.params);
  look.metrics = keys_in(folder, kMetrics, complain);
  look.stamps.metrics = stamp_of(look.metrics);
  if (kind == ThingKind::kRun) look.stamps.links = stamp_of_links(folder);
  return look;
}

ThingContent read_thing(const Folder& root, const ThingPlace& place, const ThingStamps& known,
                        const MetricFileRecords& records, const Complain& complain) {
  ThingContent content;
  content.place = place;
  try {
    const auto folder = find_thing(root, place);
    auto look = folder ? look_at(*folder, place.kind, complain) : std::nullopt;
    if (!look) {
      content.fault = "it is gone";
      return content;
    }
    content.look = *std::move(look);
    read_parts(root, *folder, known, records, complain, content);
  } catch (const Error& error) {
    content.fault = error.what();
  }
  return content;
}

}  // namespace millrace::tracking::files

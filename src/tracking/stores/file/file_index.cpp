#include "tracking/stores/file/file_index.h"

#include <algorithm>

#include "base/error.h"
#include "base/side_by_side.h"
#include "tracking/stores/file/changes.h"
#include "tracking/stores/file/index_database.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/shown_locations.h"

namespace millrace::tracking::files {
namespace {

constexpr size_t kLooks = 300;  // per sync(), of things that run and of others by turns
constexpr size_t kBatch = 200;  // things that are written in one transaction
constexpr size_t kReaders = 4;  // threads that read files of a large batch
constexpr size_t kMostComplaints = 10'000;
constexpr int kShareOfTime = 10;  // sync() takes at most one part in so many

int64_t stamp_of(const Folder& folder, const std::string& path) {
  const auto state = folder.state(path);
  return state ? state->stamp() : 1;
}

}  // namespace

// What an experiment's folder listed when it was last read.
struct FileIndex::ExperimentFolder {
  int64_t stamp = 0;
  int64_t models_stamp = 0;
  std::vector<std::string> runs;
  std::vector<std::string> models;
  uint64_t seen = 0;
};

FileIndex::FileIndex(const std::string& path, Access access, const FileIndexOptions& options, Log& log)
    : log_(log), options_(options), root_(path, access) {
  const Complain tell = [this](const std::string& message) { log_.warning(message); };
  if (root_.is_writable()) Changes::finish_interrupted(root_, tell);
  database_ = open_index_database(root_, options.readers, tell);
  load();
  sync_now();
  is_first_ = false;
}

FileIndex::~FileIndex() = default;

// Each is told once, until it is no more so.
void FileIndex::complain(const std::string& message) {
  if (complaints_.size() < kMostComplaints && !complaints_.insert(message).second) return;
  log_.warning(message);
}

void FileIndex::load() {
  const auto records =
      database_->readers().read([](sql::Connection& connection) { return load_things(connection); });
  for (const ThingRecord& record : records) {
    Thing thing;
    thing.record = record;
    thing.place.path = record.path;
    if (!record.id.empty()) paths_[{record.kind, record.id}] = record.path;
    things_[record.path] = std::move(thing);
  }
}

void FileIndex::sync() {
  const std::lock_guard lock(mutex_);
  if (Clock::now() < next_sync_) return;
  scan(Locks::kTry);
}

void FileIndex::sync_now() {
  const std::lock_guard lock(mutex_);
  scan(Locks::kTry);
}

void FileIndex::follow() {
  const auto locks = root_.lock_everything();
  const std::lock_guard lock(mutex_);
  scan(Locks::kHeld);
}

void FileIndex::scan(Locks locks) {
  const auto start = Clock::now();
  ++round_;
  if (root_.is_writable())
    Changes::finish_interrupted(root_, [this](const std::string& message) { log_.warning(message); });
  std::vector<ThingPlace> stale;
  for_each_experiment(root_.folder(), [&](const Folder& parent, const std::string& id, bool in_trash) {
    scan_experiment(parent, id, in_trash, stale);
  });
  remove_unseen();
  add_looks(stale);
  refresh(stale, locks);
  const auto took = Clock::now() - start;
  next_sync_ = Clock::now() + std::max<Clock::duration>(options_.pace, took * kShareOfTime);
}

void FileIndex::scan_experiment(const Folder& parent, const std::string& id, bool in_trash,
                                std::vector<ThingPlace>& stale) {
  const std::string path = in_trash ? std::string(kTrash) + "/" + id : id;
  // One of the same id in the trash is passed over, as the reference does.
  if (in_trash && experiments_.contains(id) && experiments_.at(id)->seen == round_) return;
  try {
    const auto folder = parent.find(id);
    if (!folder || !folder->state(kMeta)) return;
    auto& known = experiments_[path];
    if (!known) known = std::make_unique<ExperimentFolder>();
    known->seen = round_;
    const int64_t stamp = folder->state().stamp();
    if (stamp == 0 || stamp != known->stamp) {
      known->runs.clear();
      for (const Folder::Entry& entry : folder->entries()) {
        if (entry.may_be_folder && may_be_run(entry.name)) known->runs.push_back(entry.name);
      }
      known->stamp = stamp;
    }
    const int64_t models_stamp = stamp_of(*folder, kModels);
    if (models_stamp == 0 || models_stamp != known->models_stamp) {
      known->models.clear();
      if (const auto models = folder->find(kModels)) {
        for (const Folder::Entry& entry : models->entries()) {
          if (entry.may_be_folder && !entry.name.starts_with('.')) known->models.push_back(entry.name);
        }
      }
      known->models_stamp = models_stamp;
    }
    glance(*folder, {ThingKind::kExperiment, path, id, id, in_trash}, "", stale);
    for (const std::string& run : known->runs)
      glance(*folder, {ThingKind::kRun, path + "/" + run, run, id, in_trash}, run + "/", stale);
    for (const std::string& model : known->models)
      glance(*folder, {ThingKind::kModel, path + "/" + kModels + "/" + model, model, id, in_trash},
             std::string(kModels) + "/" + model + "/", stale);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kPermissionDenied) throw;
    complain(std::string("Left out: ") + error.what());
  }
}

// Sees whether a thing is there and changed where files are made or replaced. `below` leads to it from
// `folder`.
void FileIndex::glance(const Folder& folder, const ThingPlace& place, const std::string& below,
                       std::vector<ThingPlace>& stale) {
  if (!below.empty()) {
    const auto own = folder.state(below.substr(0, below.size() - 1));
    if (!own || !own->is_folder()) return;
  }
  const auto meta = folder.state(below + kMeta);
  if (!meta) return;
  const int64_t parts[] = {meta->stamp(), stamp_of(folder, below + kTags),
                           stamp_of(folder, below + kMetrics)};
  int64_t stamp = 1;
  for (const int64_t part : parts) stamp = part == 0 ? 0 : mix(stamp, part);
  if (std::find(std::begin(parts), std::end(parts), 0) != std::end(parts)) stamp = 0;
  Thing& thing = things_[place.path];
  thing.place = place;
  thing.seen = round_;
  if (stamp == 0 || stamp != thing.glance) stale.push_back(place);
  thing.glance = stamp;
}

void FileIndex::add_looks(std::vector<ThingPlace>& stale) {
  std::set<std::string> chosen;
  for (const ThingPlace& place : stale) chosen.insert(place.path);
  if (chosen.size() >= things_.size()) return;
  std::vector<const Thing*> others;
  size_t running = 0;
  for (const auto& [path, thing] : things_) {
    if (chosen.contains(path)) continue;
    if ((thing.record.is_running || thing.place.kind == ThingKind::kExperiment) && running < kLooks) {
      ++running;
      stale.push_back(thing.place);
    } else {
      others.push_back(&thing);
    }
  }
  const auto by_path = [](const Thing* a, const Thing* b) { return a->place.path < b->place.path; };
  const size_t count = std::min(kLooks, others.size());
  std::sort(others.begin(), others.end(), by_path);
  auto from =
      std::find_if(others.begin(), others.end(), [&](const Thing* t) { return t->place.path >= next_look_; });
  for (size_t i = 0; i < count; ++i, ++from) {
    if (from == others.end()) from = others.begin();
    stale.push_back((*from)->place);
  }
  next_look_ = count == 0 || from == others.end() ? "" : (*from)->place.path;
}

void FileIndex::remove_unseen() {
  std::vector<ThingRecord> gone;
  for (auto thing = things_.begin(); thing != things_.end();) {
    if (thing->second.seen == round_) {
      ++thing;
      continue;
    }
    gone.push_back(thing->second.record);
    gone.back().path = thing->first;
    const auto path = paths_.find({thing->second.record.kind, thing->second.record.id});
    if (path != paths_.end() && path->second == thing->first) paths_.erase(path);
    thing = things_.erase(thing);
  }
  std::erase_if(experiments_, [this](const auto& one) { return one.second->seen != round_; });
  if (gone.empty()) return;
  database_->writer().run([&](sql::Connection& connection) {
    for (const ThingRecord& record : gone) remove_thing(connection, record);
  });
}

// Whether all files of a thing are as they were when they were read.
bool FileIndex::is_changed(const ThingPlace& place) {
  try {
    const auto folder = find_thing(root_.folder(), place);
    if (!folder) return false;
    const auto seen = look_at(*folder, place.kind, [](const std::string&) {});
    if (!seen) return false;
    const ThingStamps& known = things_[place.path].record.stamps;
    return !seen->stamps.is_sure() || seen->stamps != known;
  } catch (const Error&) {
    return true;  // what is wrong is told when it is read
  }
}

void FileIndex::refresh(const std::vector<ThingPlace>& places, Locks locks) {
  std::vector<ThingPlace> batch;
  size_t done = 0;
  auto told = Clock::now();
  for (const ThingPlace& place : places) {
    ++done;
    if (is_changed(place)) batch.push_back(place);
    if (batch.size() < kBatch && done < places.size()) continue;
    if (locks == Locks::kHeld) {
      write_all(read_all(batch));
    } else {
      refresh_batch(batch);
    }
    batch.clear();
    if (Clock::now() - told < std::chrono::seconds(2)) continue;
    told = Clock::now();
    log_.info("reading " + root_.path() + ": " + std::to_string(done) + " of " +
              std::to_string(places.size()) + " experiments, runs and models");
  }
}

// Things that somebody holds the lock of are left for the next time: whoever writes them reads them again.
void FileIndex::refresh_batch(const std::vector<ThingPlace>& places) {
  std::vector<ThingPlace> mine;
  std::vector<Root::Lock> locks;
  std::vector<std::string> ids;
  for (const ThingPlace& place : places) ids.push_back(place.name);
  const auto held = root_.try_lock_all(ids, locks);
  for (size_t i = 0; i < places.size(); ++i) {
    if (held.at(i))
      mine.push_back(places[i]);
    else
      things_[places[i].path].glance = 0;
  }
  write_all(read_all(mine));
}

std::vector<ThingContent> FileIndex::read_all(const std::vector<ThingPlace>& places) {
  std::vector<ThingContent> contents(places.size());
  std::mutex complaints;
  const Complain tell = [&](const std::string& message) {
    const std::lock_guard lock(complaints);
    complain(message);
  };
  side_by_side(places.size(), kReaders, [&](const NextNumber& next) {
    while (const auto i = next()) {
      const ThingPlace& place = places[*i];
      const auto known = things_.find(place.path);
      const ThingStamps stamps = known == things_.end() ? ThingStamps() : known->second.record.stamps;
      const auto records = database_->readers().read(
          [&](sql::Connection& connection) { return load_metric_files(connection, place.path); });
      contents[*i] = read_thing(root_.folder(), place, stamps, records, tell);
    }
  });
  return contents;
}

void FileIndex::write_all(const std::vector<ThingContent>& contents) {
  if (contents.empty()) return;
  std::vector<ThingRecord> records;
  std::vector<std::string> messages;
  const ShownUri shown = [this](const std::string& uri, const ThingPlace& place) {
    return shown_uri(uri, place);
  };
  database_->writer().run([&](sql::Connection& connection) {
    records.clear();
    messages.clear();
    for (const ThingContent& content : contents) {
      const auto known = things_.find(content.place.path);
      const bool is_known = known != things_.end() && !known->second.record.path.empty();
      records.push_back(write_thing(connection, content, is_known ? &known->second.record : nullptr, shown,
                                    [&](const std::string& message) { messages.push_back(message); }));
    }
  });
  for (const std::string& message : messages) complain(message);
  for (size_t i = 0; i < contents.size(); ++i) {
    Thing& thing = things_[contents[i].place.path];
    thing.place = contents[i].place;
    thing.record = records[i];
    thing.seen = round_;
    if (!records[i].id.empty()) paths_[{records[i].kind, records[i].id}] = records[i].path;
    if (!records[i].stamps.is_sure()) thing.glance = 0;
  }
}

std::optional<ThingPlace> FileIndex::find(ThingKind kind, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto path = paths_.find({kind, id});
  if (path == paths_.end()) return std::nullopt;
  return things_.at(path->second).place;
}

// Where a thing lies that the index has not seen yet.
std::optional<ThingPlace> FileIndex::probe(ThingKind kind, const std::string& id) const {
  if (!is_folder_name(id)) return std::nullopt;
  for (const bool in_trash : {false, true}) {
    const auto parent =
        in_trash ? root_.folder().find(kTrash) : std::optional(Folder::open_root(root_.path()));
    if (!parent) continue;
    for (const Folder::Entry& entry : parent->entries()) {
      if (!entry.may_be_folder || !experiment_number(entry.name)) continue;
      if (kind == ThingKind::kExperiment && entry.name != id) continue;
      std::string path = entry.name;
      if (kind == ThingKind::kRun) path += "/" + id;
      if (kind == ThingKind::kModel) path += std::string("/") + kModels + "/" + id;
      if (!parent->state(path + "/" + kMeta)) continue;
      return ThingPlace{kind, in_trash ? std::string(kTrash) + "/" + path : path, id, entry.name, in_trash};
    }
  }
  return std::nullopt;
}

void FileIndex::look(ThingKind kind, const std::string& id) {
  auto place = find(kind, id);
  bool is_gone = false;
  if (place) {
    const std::lock_guard lock(mutex_);
    const auto folder = find_thing(root_.folder(), *place);
    is_gone = !folder || !folder->state(kMeta);
    if (!is_gone && !is_changed(*place)) return;
  }
  // Moved, removed or new: the tree tells, unless there is nothing of that id at all.
  if (is_gone) return sync_now();
  if (!place) place = probe(kind, id);
  if (!place) return;
  const Root::Lock lock = root_.lock(id);
  read_again(*place);
}

void FileIndex::look_at_run(const std::string& run_id) {
  look(ThingKind::kRun, run_id);
}
void FileIndex::look_at_model(const std::string& model_id) {
  look(ThingKind::kModel, model_id);
}
void FileIndex::look_at_experiment(const std::string& id) {
  look(ThingKind::kExperiment, id);
}

void FileIndex::read_again(const ThingPlace& place) {
  const std::lock_guard lock(mutex_);
  const auto folder = find_thing(root_.folder(), place);
  if (!folder || !folder->state(kMeta)) return;
  write_all(read_all({place}));
}

void FileIndex::read_if_changed(const ThingPlace& place) {
  const std::lock_guard lock(mutex_);
  if (is_changed(place)) write_all(read_all({place}));
}

std::string FileIndex::shown_uri(const std::string& uri, const ThingPlace& place) const {
  return shown_location(uri, place, root_, options_.artifact_roots);
}

}  // namespace millrace::tracking::files

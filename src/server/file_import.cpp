#include "server/file_import.h"

#include "base/clock.h"
#include "base/error.h"
#include "registry/stores/file/registry_rows.h"
#include "tracking/stores/file/index_rows.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/root.h"

namespace millrace::server {
namespace {

namespace files = tracking::files;
using files::ThingContent;
using files::ThingKind;
using files::ThingPlace;
using sql::Connection;

constexpr int64_t kPaceMs = 1000;
// Of a transaction, so that what is read is of bounded size and an interruption costs little.
constexpr size_t kMostThings = 64;
constexpr size_t kMostPoints = 200'000;

// "present": nothing is to be done; a text: why it cannot be.
enum class Standing { kNew, kPresent, kElsewhere };

Standing standing_of(Connection& connection, ThingKind kind, const std::string& id,
                     const std::string& experiment) {
  auto row = connection.prepare(kind == ThingKind::kRun
                                    ? "SELECT experiment_id FROM runs WHERE run_uuid = ?1"
                                    : "SELECT experiment_id FROM logged_models WHERE model_id = ?1");
  if (!row.bind(1, std::string_view(id)).step()) return Standing::kNew;
  return row.text(0) == experiment ? Standing::kPresent : Standing::kElsewhere;
}

std::string id_of_name(Connection& connection, const std::string& name) {
  auto row =
      connection.prepare("SELECT experiment_id FROM experiments WHERE workspace = 'default' AND name = ?1");
  return row.bind(1, std::string_view(name)).step() ? std::string(row.text(0)) : "";
}

bool is_free(Connection& connection, const std::string& id) {
  auto row = connection.prepare("SELECT 1 FROM experiments WHERE experiment_id = ?1");
  return !row.bind(1, files::experiment_number(id).value_or(0)).step();
}

// Servers have 32 bits for ids and give them from a sequence, which must not meet one that was given
// otherwise.
std::string new_id(Connection& connection, const v1::Experiment& experiment) {
  if (!connection.is_remote() && is_free(connection, experiment.experiment_id()))
    return experiment.experiment_id();
  auto row = connection.prepare(
      "INSERT INTO experiments(name, lifecycle_stage, workspace) VALUES(?1, 'active', 'default') RETURNING "
      "experiment_id");
  row.bind(1, std::string_view(experiment.name())).step();
  return std::string(row.text(0));
}

const char* kind_of(const ThingPlace& place) {
  return place.kind == ThingKind::kRun ? "runs" : "logged models";
}

// A database that is gone ends the import; what is wrong with one thing does not.
bool ends_import(const Error& error) {
  return error.code() == ErrorCode::kTemporarilyUnavailable || error.code() == ErrorCode::kResourceExhausted;
}

std::string as_it_is(const std::string& uri, const ThingPlace&) {
  return uri;
}

bool has_model(Connection& connection, const std::string& name) {
  auto row = connection.prepare("SELECT 1 FROM registered_models WHERE workspace = 'default' AND name = ?1");
  return row.bind(1, std::string_view(name)).step();
}

}  // namespace

FileImport::FileImport(const std::string& path, files::Complain tell, files::Complain complain)
    : root_(files::Folder::open_root(path)), tell_(std::move(tell)), complain_(std::move(complain)) {}

int64_t FileImport::count_runs() const {
  int64_t count = 0;
  files::for_each_experiment(root_, [&](const files::Folder& parent, const std::string& id, bool) {
    const auto folder = parent.find(id);
    if (!folder) return;
    for (const auto& run : folder->entries()) {
      if (run.may_be_folder && files::may_be_run(run.name) && folder->state(run.name + "/" + files::kMeta))
        ++count;
    }
  });
  return count;
}

ImportCounts FileImport::run(const std::shared_ptr<sql::Database>& target) {
  target_ = target;
  counts_.clear();
  total_runs_ = count_runs();
  files::for_each_experiment(root_, [&](const files::Folder&, const std::string& id, bool in_trash) {
    import_experiment(id, in_trash);
  });
  import_models();
  return counts_;
}

void FileImport::show_progress() {
  if (unix_millis() < told_ms_ + kPaceMs) return;
  told_ms_ = unix_millis();
  tell_(std::to_string(counts_["runs"].found) + " of " + std::to_string(total_runs_) + " runs");
}

std::string FileImport::experiment_in_target(const ThingContent& content) {
  const v1::Experiment& experiment = *content.experiment;
  return target_->writer().call([&](Connection& connection) {
    std::string id = id_of_name(connection, experiment.name());
    if (!id.empty()) {
      ++counts_["experiments"].present;
      return id;
    }
    id = new_id(connection, experiment);
    ThingContent copy = content;
    copy.place.name = id;
    copy.place.experiment = id;
    copy.experiment->set_experiment_id(id);
    write_thing_rows(connection, copy, as_it_is, complain_);
    ++counts_["experiments"].imported;
    return id;
  });
}

void FileImport::import_experiment(const std::string& id, bool in_trash) {
  const ThingPlace place{ThingKind::kExperiment, in_trash ? std::string(files::kTrash) + "/" + id : id, id,
                         id, in_trash};
  const auto folder = files::find_thing(root_, place);
  if (!folder || !folder->state(files::kMeta)) return;
  ImportCount& count = counts_["experiments"];
  ++count.found;
  const ThingContent content = files::read_thing(root_, place, {}, {}, complain_);
  if (!content.fault.empty()) {
    ++count.left_out;
    return complain_("Experiment " + place.path + " and its runs are left out: " + content.fault);
  }
  const std::string target = target_ == nullptr ? id : experiment_in_target(content);
  if (target != id)
    tell_("Experiment " + id + " '" + content.experiment->name() + "' is experiment " + target +
          " in the database.");
  for (const auto& entry : folder->entries()) {
    if (!entry.may_be_folder || !files::may_be_run(entry.name)) continue;
    if (folder->state(entry.name + "/" + files::kMeta))
      import_thing({ThingKind::kRun, place.path + "/" + entry.name, entry.name, id, in_trash}, target);
  }
  if (const auto models = folder->find(files::kModels)) {
    for (const auto& entry : models->entries()) {
      if (models->state(entry.name + "/" + files::kMeta))
        import_thing({ThingKind::kModel, place.path + "/" + files::kModels + "/" + entry.name, entry.name, id,
                      in_trash},
                     target);
    }
  }
  write_waiting();
  if (const auto traces = folder->find(files::kTraces)) {
    const auto number = static_cast<int64_t>(traces->entries().size());
    counts_["traces"].found += number;
    counts_["traces"].left_out += number;
  }
}

void FileImport::import_thing(const ThingPlace& place, const std::string& experiment) {
  ImportCount& count = counts_[kind_of(place)];
  ++count.found;
  show_progress();
  try {
    if (target_ != nullptr && is_present(place, experiment)) {
      ++count.present;
      return;
    }
    read_and_keep(place, experiment);
  } catch (const Error& error) {
    leave_out(place, error);
  }
  if (waiting_.size() >= kMostThings || waiting_points_ >= kMostPoints) write_waiting();
}

// One of that id may be among those that wait: then it has to be there before the look.
bool FileImport::is_present(const ThingPlace& place, const std::string& experiment) {
  if (waiting_ids_.count(place.name) > 0) write_waiting();
  const Standing standing = target_->readers().read(
      [&](Connection& connection) { return standing_of(connection, place.kind, place.name, experiment); });
  if (standing == Standing::kElsewhere) throw_invalid_parameter("the database has it in another experiment");
  return standing == Standing::kPresent;
}

void FileImport::read_and_keep(const ThingPlace& place, const std::string& experiment) {
  ThingContent content = files::read_thing(root_, place, {}, {}, complain_);
  if (!content.fault.empty()) throw_invalid_parameter(content.fault);
  if (target_ == nullptr) {
    ++counts_[kind_of(place)].imported;
    return;
  }
  content.place.experiment = experiment;
  for (const auto& file : content.metrics) waiting_points_ += file.points.size() + file.metrics.size();
  waiting_ids_.insert(place.name);
  waiting_.push_back(std::move(content));
}

// When the database will not have them together, each is tried alone, and those that it will not have are
// told.
void FileImport::write_waiting() {
  const std::vector<ThingContent> things = std::move(waiting_);
  waiting_.clear();
  waiting_ids_.clear();
  waiting_points_ = 0;
  if (things.empty()) return;
  try {
    return write(things);
  } catch (const Error& error) {
    if (ends_import(error)) throw;
  }
  for (const ThingContent& thing : things) {
    try {
      write({&thing, 1});
    } catch (const Error& error) {
      leave_out(thing.place, error);
    }
  }
}

void FileImport::write(std::span<const ThingContent> things) {
  target_->writer().run([&](Connection& connection) {
    for (const ThingContent& thing : things) write_thing_rows(connection, thing, as_it_is, complain_);
  });
  for (const ThingContent& thing : things) ++counts_[kind_of(thing.place)].imported;
}

void FileImport::leave_out(const ThingPlace& place, const Error& why) {
  if (ends_import(why)) throw Error(why);
  ++counts_[kind_of(place)].left_out;
  complain_(root_.path_of(place.path) + " is left out: " + why.what());
}

void FileImport::import_models() {
  const auto models = root_.find(files::kModels);
  if (!models) return;
  ImportCount& count = counts_["registered models"];
  for (const auto& entry : models->entries()) {
    if (!entry.may_be_folder || !files::is_folder_name(entry.name)) continue;
    if (!models->state(entry.name + "/" + files::kMeta)) continue;
    ++count.found;
    try {
      const auto model = registry::files::read_model_files(models->open(entry.name), entry.name, complain_);
      const bool is_new = target_ == nullptr || target_->writer().call([&](Connection& connection) {
        if (has_model(connection, model.name)) return false;
        insert_model(connection, model);
        return true;
      });
      ++(is_new ? count.imported : count.present);
    } catch (const Error& error) {
      if (ends_import(error)) throw;
      ++count.left_out;
      complain_(models->path_of(entry.name) + " is left out: " + error.what());
    }
  }
}

}  // namespace millrace::server

#include "registry/stores/file/registry_index.h"

#include "base/error.h"
#include "base/percent.h"
#include "registry/stores/file/registry_rows.h"
#include "tracking/stores/file/layout.h"

namespace millrace::registry::files {
namespace {

using tracking::files::is_folder_name;
using tracking::files::kMeta;
using tracking::files::kModels;
using tracking::files::Root;

constexpr std::chrono::seconds kPace{1};
constexpr int kShareOfTime = 10;

}  // namespace

RegistryIndex::RegistryIndex(std::shared_ptr<tracking::files::FileIndex> index, Log& log)
    : index_(std::move(index)), log_(log) {
  database()->readers().read([this](sql::Connection& connection) {
    auto row = connection.prepare("SELECT name, stamp FROM millrace_models");
    while (row.step()) stamps_[std::string(row.text(0))] = row.integer(1);
    return true;
  });
  sync();
}

void RegistryIndex::complain(const std::string& message) {
  if (complaints_.insert(message).second) log_.warning(message);
}

// Of all files of a model; 1 when there is none.
int64_t RegistryIndex::stamp_of(const std::string& name) const {
  const auto models = root().folder().find(kModels);
  if (!models || !models->state(name + "/" + kMeta)) return 1;
  const auto folder = models->find(name);
  return folder ? tracking::files::stamp_of(key_files(*folder, [](const std::string&) {})) : 1;
}

void RegistryIndex::forget(const std::string& name) {
  if (stamps_.erase(name) == 0) return;
  database()->writer().run([&](sql::Connection& connection) {
    remove_model(connection, name);
    connection.prepare("DELETE FROM millrace_models WHERE name = ?1").bind(1, std::string_view(name)).run();
  });
}

void RegistryIndex::refresh(const std::string& name, int64_t stamp) {
  if (stamp == 1) return forget(name);
  std::optional<ModelFiles> model;
  try {
    const Folder folder = root().folder().open(kModels).open(name);
    model = read_model_files(folder, name, [this](const std::string& message) { complain(message); });
  } catch (const Error& error) {
    complain(std::string("Left out: ") + error.what());
  }
  database()->writer().run([&](sql::Connection& connection) {
    remove_model(connection, name);
    if (model) insert_model(connection, *model);
    connection.prepare("INSERT OR REPLACE INTO millrace_models(name, stamp) VALUES(?1, ?2)")
        .bind(1, std::string_view(name))
        .bind(2, stamp)
        .run();
  });
  stamps_[name] = stamp;
}

void RegistryIndex::sync() {
  const std::lock_guard guard(mutex_);
  if (Clock::now() < next_sync_) return;
  // Whoever writes reads again what was written.
  const auto lock = root().try_lock_registry();
  if (!lock) return;
  const auto start = Clock::now();
  std::set<std::string> present;
  if (const auto models = root().folder().find(kModels)) {
    for (const Folder::Entry& entry : models->entries()) {
      if (entry.may_be_folder && is_folder_name(entry.name) && is_valid_utf8(entry.name))
        present.insert(entry.name);
    }
  }
  for (const std::string& name : present) {
    try {
      const int64_t stamp = stamp_of(name);
      const auto known = stamps_.find(name);
      if (stamp == 0 || known == stamps_.end() || known->second != stamp) refresh(name, stamp);
    } catch (const Error& error) {
      complain(std::string("Left out: ") + error.what());
    }
  }
  std::vector<std::string> gone;
  for (const auto& [name, stamp] : stamps_) {
    if (!present.contains(name)) gone.push_back(name);
  }
  for (const std::string& name : gone) forget(name);
  next_sync_ = Clock::now() + std::max<Clock::duration>(kPace, (Clock::now() - start) * kShareOfTime);
}

void RegistryIndex::look_at(const std::string& name) {
  if (!is_folder_name(name)) return;
  {
    const std::lock_guard guard(mutex_);
    const int64_t stamp = stamp_of(name);
    const auto known = stamps_.find(name);
    if (known == stamps_.end() ? stamp == 1 : stamp != 0 && known->second == stamp) return;
  }
  const auto lock = root().lock_registry();
  read_again(name);
}

void RegistryIndex::read_again(const std::string& name) {
  const std::lock_guard guard(mutex_);
  refresh(name, stamp_of(name));
}

}  // namespace millrace::registry::files

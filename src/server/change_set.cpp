#include "server/change_set.h"

#include "wire/json_writer.h"

namespace millrace::server {
namespace {

constexpr size_t kMostIds = 500;
constexpr std::string_view kEverything = "*";

std::string json_list(const std::set<std::string>& ids) {
  std::string text = "[";
  for (const std::string& id : ids) {
    if (text.size() > 1) text += ',';
    wire::append_json_string(id, text);
  }
  return text + "]";
}

// False for an id that is no line.
bool append_lines(char kind, const std::set<std::string>& ids, std::string& text) {
  for (const std::string& id : ids) {
    if (id.find('\n') != std::string::npos || id.find('\0') != std::string::npos) return false;
    text += kind + id + '\n';
  }
  return true;
}

}  // namespace

void ChangeSet::add(v1::ResourceKind kind, const std::vector<std::string>& ids) {
  std::set<std::string>* set = set_of(kind);
  if (set == nullptr || ids.empty() || (ids.size() == 1 && ids[0].empty())) return add_everything();
  set->insert(ids.begin(), ids.end());
  limit();
}

void ChangeSet::add(const ChangeSet& others) {
  all_ = all_ || others.all_;
  experiments_.insert(others.experiments_.begin(), others.experiments_.end());
  runs_.insert(others.runs_.begin(), others.runs_.end());
  models_.insert(others.models_.begin(), others.models_.end());
  limit();
}

void ChangeSet::add_everything() {
  all_ = true;
}

std::string ChangeSet::json() const {
  std::string text = "{\"experiments\":" + json_list(experiments_);
  text += ",\"runs\":" + json_list(runs_) + ",\"models\":" + json_list(models_);
  return text + (all_ ? ",\"all\":true}" : ",\"all\":false}");
}

std::string ChangeSet::message(size_t most) const {
  std::string text;
  const bool fits = !all_ && append_lines('e', experiments_, text) && append_lines('r', runs_, text) &&
                    append_lines('m', models_, text) && text.size() <= most;
  return fits ? text : std::string(kEverything) + '\n';
}

ChangeSet ChangeSet::from_message(std::string_view message) {
  ChangeSet changes;
  while (!message.empty()) {
    const size_t end = message.find('\n');
    if (end == std::string_view::npos || !changes.add_line(message.substr(0, end))) {
      changes.add_everything();
      return changes;
    }
    message.remove_prefix(end + 1);
  }
  return changes;
}

bool ChangeSet::add_line(std::string_view line) {
  if (line.size() < 2) return false;
  const auto kind = line[0] == 'e'   ? v1::RESOURCE_KIND_EXPERIMENT
                    : line[0] == 'r' ? v1::RESOURCE_KIND_RUN
                    : line[0] == 'm' ? v1::RESOURCE_KIND_LOGGED_MODEL
                                     : v1::RESOURCE_KIND_UNSPECIFIED;
  if (set_of(kind) == nullptr) return false;
  add(kind, {std::string(line.substr(1))});
  return true;
}

std::set<std::string>* ChangeSet::set_of(v1::ResourceKind kind) {
  switch (kind) {
    case v1::RESOURCE_KIND_EXPERIMENT:
      return &experiments_;
    case v1::RESOURCE_KIND_RUN:
      return &runs_;
    case v1::RESOURCE_KIND_LOGGED_MODEL:
      return &models_;
    default:
      return nullptr;
  }
}

void ChangeSet::limit() {
  if (experiments_.size() + runs_.size() + models_.size() <= kMostIds) return;
  experiments_.clear();
  runs_.clear();
  models_.clear();
  all_ = true;
}

}  // namespace millrace::server

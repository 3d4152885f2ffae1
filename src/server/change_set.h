#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/v1/access.pb.h"

namespace millrace::server {

/// Which resources were touched: ids of experiments, runs and logged models, or everything. Of bounded size:
/// beyond 500 ids it is everything, as whoever is told of more reads all anew anyway.
class ChangeSet {
 public:
  /// What has no ids, or is of another kind, is everything.
  void add(v1::ResourceKind kind, const std::vector<std::string>& ids);
  void add(const ChangeSet& others);
  void add_everything();

  bool empty() const { return !all_ && experiments_.empty() && runs_.empty() && models_.empty(); }

  /// As pages are told: {"experiments":[...],"runs":[...],"models":[...],"all":false}.
  std::string json() const;

  /// As servers tell each other: lines with a letter for the kind and an id, in `most` bytes at most; what
  /// does not fit is everything.
  std::string message(size_t most) const;
  /// What cannot be read, as of another version, is everything.
  static ChangeSet from_message(std::string_view message);

 private:
  std::set<std::string>* set_of(v1::ResourceKind kind);
  bool add_line(std::string_view line);
  void limit();

  std::set<std::string> experiments_;
  std::set<std::string> runs_;
  std::set<std::string> models_;
  bool all_ = false;
};

}  // namespace millrace::server

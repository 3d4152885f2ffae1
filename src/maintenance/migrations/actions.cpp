#include "maintenance/migrations/actions.h"

#include <algorithm>

#include "base/error.h"
#include "maintenance/migrations/wording.h"

namespace millrace::maintenance {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view line) {
  Words words;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::string_view name_in_script(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "sqlite";
    case Dialect::kPostgres:
      return "postgres";
    case Dialect::kMysql:
      return "mysql";
  }
  return "";
}

// Reads what stands between two empty lines.
class Reader {
 public:
  explicit Reader(Dialect dialect) : dialect_(dialect) {}

  void read(std::string_view block) {
    if (!block.starts_with("-- ")) return add({.kind = Action::Kind::kStatement, .sql = worded(block)});
    const size_t end = std::min(block.find('\n'), block.size());
    const std::string_view line = block.substr(3, end - 3);
    read(line, words_of(line), block.substr(std::min(end + 1, block.size())));
  }

  std::vector<Step> steps() { return std::move(steps_); }

 private:
  void read(std::string_view line, const Words& words, std::string_view rest) {
    const bool on_server = dialect_ != Dialect::kSqlite;
    if (words[0] == "step") {
      const size_t colon = line.find(": ");
      steps_.push_back({std::string(line.substr(5, colon - 5)), std::string(line.substr(colon + 2)), {}});
    } else if (words[0] == "rebuild") {
      if (!on_server)
        add({.kind = Action::Kind::kRebuild,
             .sql = worded(rest),
             .table = words[1],
             .renamed = words.size() > 2 ? words[2] : ""});
    } else if (words[0] == "drop") {
      if (on_server) add_drop(words);
    } else if (words[0] == "data") {
      add({.kind = Action::Kind::kData, .other = words[1]});
    } else if (is_for_us(words)) {
      add({.kind = Action::Kind::kStatement, .sql = worded(rest)});
    }
  }

  void add_drop(const Words& words) {
    if (words[1] == "unique")
      add({.kind = Action::Kind::kDropUnique, .table = words[2], .other = words[3]});
    else
      add({.kind = Action::Kind::kDropForeignKeys, .table = words[3], .other = words[4]});
  }

  bool is_for_us(const Words& words) const {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return word == name_in_script(dialect_) || (word == "servers" && dialect_ != Dialect::kSqlite);
    });
  }

  std::string worded(std::string_view sql) const { return put_into_words(sql, dialect_); }

  void add(Action action) {
    if (steps_.empty()) throw Error(ErrorCode::kInternalError, "A migration stands before the first step.");
    steps_.back().actions.push_back(std::move(action));
  }

  const Dialect dialect_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> read_steps(std::string_view script, Dialect dialect) {
  Reader reader(dialect);
  script.remove_prefix(std::min(script.find("\n\n"), script.size()));  // what the script says of itself
  while (!script.empty()) {
    const size_t start = script.find_first_not_of('\n');
    if (start == std::string_view::npos) break;
    script.remove_prefix(start);
    const size_t end = std::min(script.find("\n\n"), script.size());
    std::string_view block = script.substr(0, end);
    while (block.ends_with('\n')) block.remove_suffix(1);
    reader.read(block);
    script.remove_prefix(end);
  }
  return reader.steps();
}

}  // namespace millrace::maintenance

#include "wire/route_table.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/percent.h"

namespace millrace::wire {
namespace {

struct Target {
  std::string_view method;
  const Operation* operation;
};

struct Segment {
  std::string text;  // literal text, or the name of the field
  bool is_field = false;
  bool takes_rest = false;  // {field=**}
};

struct Template {
  std::vector<Segment> segments;
  std::string pattern;
  std::vector<Target> targets;
};

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

Segment parse_segment(std::string_view text) {
  if (!text.starts_with('{')) return {std::string(text), false, false};
  std::string_view name = text.substr(1, text.size() - 2);
  const bool rest = name.ends_with("=**");
  if (rest) name.remove_suffix(3);
  return {std::string(name), true, rest};
}

std::optional<std::string> decode_segment(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded || !is_valid_utf8(*decoded)) return std::nullopt;
  return decoded;
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

bool match_template(const Template& pattern, std::string_view path, Fields& fields) {
  fields.clear();
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (size_t i = 0; i < pattern.segments.size(); ++i) {
    const Segment& segment = pattern.segments[i];
    const bool last = i + 1 == pattern.segments.size();
    const size_t slash = segment.takes_rest ? std::string_view::npos : path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (last != (slash == std::string_view::npos) || part.empty()) return false;
    if (segment.is_field) {
      auto value = decode_segment(part);
      if (!value) return false;
      fields.emplace_back(segment.text, *std::move(value));
    } else if (part != segment.text) {
      return false;
    }
    if (!last) path.remove_prefix(slash + 1);
  }
  return true;
}

const Operation* find_method(const std::vector<Target>& targets, std::string_view method) {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const Target& t) { return t.method == method; });
  return found == targets.end() ? nullptr : found->operation;
}

void add_methods(const std::vector<Target>& targets, std::string& methods) {
  for (const Target& target : targets) {
    if (!methods.empty()) methods += ", ";
    methods += target.method;
  }
}

}  // namespace

class RouteTable::Index {
 public:
  void add(const std::string& path, const Target& target) {
    if (path.find('{') == std::string::npos) {
      exact_[path].push_back(target);
      return;
    }
    const auto known = std::find_if(templates_.begin(), templates_.end(),
                                    [&](const Template& t) { return t.pattern == path; });
    Template& entry = known == templates_.end() ? templates_.emplace_back() : *known;
    if (entry.pattern.empty()) {
      entry.pattern = path;
      for (const std::string_view part : split(std::string_view(path).substr(1)))
        entry.segments.push_back(parse_segment(part));
    }
    entry.targets.push_back(target);
  }

  RouteMatch match(std::string_view method, std::string_view path) const {
    RouteMatch result;
    const auto exact = exact_.find(path);
    if (exact != exact_.end()) {
      result.operation = find_method(exact->second, method);
      if (result.operation != nullptr) return result;
      add_methods(exact->second, result.allowed_methods);
    }
    for (const Template& pattern : templates_) {
      if (!match_template(pattern, path, result.fields)) continue;
      result.operation = find_method(pattern.targets, method);
      if (result.operation != nullptr) return result;
      add_methods(pattern.targets, result.allowed_methods);
    }
    result.fields.clear();
    return result;
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::vector<Target>, Hash, std::equal_to<>> exact_;
  std::vector<Template> templates_;
};

namespace {

// Clients before 2.0 know the model registry as a preview.
std::optional<std::string> registry_path_before_2_0(std::string_view path) {
  constexpr std::string_view kRoot = "2.0/mlflow/";
  if (!path.starts_with(kRoot)) return std::nullopt;
  const std::string_view rest = path.substr(kRoot.size());
  if (!rest.starts_with("registered-models/") && !rest.starts_with("model-versions/")) return std::nullopt;
  return "/api/2.0/preview/mlflow/" + std::string(rest);
}

}  // namespace

RouteTable::RouteTable(const std::vector<Operation>& operations) {
  auto index = std::make_unique<Index>();
  for (const Operation& operation : operations) {
    for (const Binding& binding : operation.bindings) {
      const Target target{binding.method, &operation};
      if (binding.path.starts_with('/')) {
        index->add(std::string(binding.path), target);
        continue;
      }
      if (!binding.ajax_only) index->add("/api/" + std::string(binding.path), target);
      if (const auto old = registry_path_before_2_0(binding.path)) index->add(*old, target);
      index->add("/ajax-api/" + std::string(binding.path), target);
    }
  }
  index_ = std::move(index);
}

RouteTable::~RouteTable() = default;

RouteMatch RouteTable::match(std::string_view method, std::string_view path) const {
  return index_->match(method, path);
}

}  // namespace millrace::wire

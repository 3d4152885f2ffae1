#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/operation.h"

namespace millrace::wire {

/// What a method and a path lead to.
struct RouteMatch {
  /// The operation; null when there is none.
  const Operation* operation = nullptr;
  /// Request fields that the path carries, percent-decoded once.
  std::vector<std::pair<std::string_view, std::string>> fields;
  /// Methods known for this path, "GET, POST", when the path is known but the method is not (405); else
  /// empty.
  std::string allowed_methods;
};

/// Finds operations by method and path. Relative bindings are served below /api/ and /ajax-api/, those of the
/// model registry below /api/2.0/preview/ too, where clients before 2.0 look for them. Paths match exactly:
/// no trailing slash, no doubled slash, letter case matters. Immutable after construction; any thread.
class RouteTable {
 public:
  explicit RouteTable(const std::vector<Operation>& operations);
  ~RouteTable();

  /// `path` is below the static prefix and still percent-encoded; HEAD is asked as GET. A malformed escape or
  /// invalid UTF-8 matches nothing.
  RouteMatch match(std::string_view method, std::string_view path) const;

 private:
  class Index;
  std::unique_ptr<const Index> index_;
};

}  // namespace millrace::wire

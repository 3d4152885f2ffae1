#pragma once

#include <cstddef>
#include <functional>
#include <optional>

namespace millrace {

/// Gives out the numbers of what is to be done, each once; nothing when all are given out or somebody failed.
using NextNumber = std::function<std::optional<size_t>()>;

/// Does what is numbered from 0 to below `count`: `work` is run on this thread, and on others besides once a
/// few milliseconds did not suffice, so that what is short costs no thread. It asks for numbers until there
/// are none. `threads` is the most that work at once, this one among them. Returns when all are at their end,
/// and throws the first fault of any.
void side_by_side(size_t count, size_t threads, const std::function<void(const NextNumber&)>& work);

/// How many threads can work at once here: one for each core, four at most, so that one request leaves
/// something to the others.
size_t threads_of_one_request();

}  // namespace millrace

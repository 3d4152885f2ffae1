#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/error.h"
#include "conformance/testing/operation.h"
#include "conformance/testing/store_of_functions.h"

namespace millrace::conformance::testing {

/// Pieces that defects are made of.

/// A text up to its first character of four bytes, as a database with three-byte characters keeps it.
std::string without_emoji(const std::string& text);

/// Gives what `answer()` makes in the place of errors with `code`.
template <typename Result, typename Request, typename Answer>
void hide_error(Operation<Result, Request>& operation, ErrorCode code, Answer answer) {
  instead(operation,
          [code, answer](const auto& next, const CallContext& context, const Request& request) -> Result {
            try {
              return next(context, request);
            } catch (const Error& error) {
              if (error.code() != code) throw;
              return answer();
            }
          });
}

/// The same for every error.
template <typename Result, typename Request, typename Answer>
void hide_errors(Operation<Result, Request>& operation, Answer answer) {
  instead(operation,
          [answer](const auto& next, const CallContext& context, const Request& request) -> Result {
            try {
              return next(context, request);
            } catch (const Error&) {
              return answer();
            }
          });
}

/// Answers the pages of a search so that each begins with the last entry of the one before.
template <typename Result, typename Request>
void repeat_entries(Operation<Result, Request>& operation) {
  after(operation, [](Result& page, const Request&) {
    if (!page.next_cursor().empty()) page.set_next_cursor(std::to_string(std::stoll(page.next_cursor()) - 1));
  });
}

/// Creating an experiment with a name that is taken answers the one that is there.
void share_names(StoreOfFunctions& store);

/// After one error all calls fail.
template <typename Result, typename Request>
void break_for_good(Operation<Result, Request>& operation) {
  const auto broken = std::make_shared<std::atomic<bool>>(false);
  instead(operation, [broken](const auto& next, const CallContext& context, const Request& request) {
    if (*broken) throw Error(ErrorCode::kInternalError, "broken since an earlier error");
    try {
      return next(context, request);
    } catch (const Error&) {
      *broken = true;
      throw;
    }
  });
}

/// Each call keeps memory or a descriptor, up to what does not harm the machine.
void leak_memory();
void leak_descriptor();

/// True when a file that only a clean end would remove is there already; makes it otherwise.
bool was_locked(const std::string& folder);

/// Takes the entries for which `rule` holds out of a repeated field.
template <typename Repeated, typename Rule>
void drop_if(Repeated& list, Rule rule) {
  list.erase(std::remove_if(list.begin(), list.end(), rule), list.end());
}

/// Texts that were met before. Any thread.
class Memory {
 public:
  /// False when it was met before.
  bool is_new(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return met_.insert(text).second;
  }
  bool knows(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return met_.contains(text);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> met_;
};

}  // namespace millrace::conformance::testing

#include "conformance/testing/faults.h"

#include <fcntl.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace millrace::conformance::testing {

std::string without_emoji(const std::string& text) {
  size_t end = 0;
  while (end < text.size() && static_cast<unsigned char>(text[end]) < 0xf0) ++end;
  return text.substr(0, end);
}

void share_names(StoreOfFunctions& store) {
  instead(store.on_create_experiment,
          [&store](const auto& next, const CallContext& context, const auto& request) {
            try {
              return next(context, request);
            } catch (const Error& error) {
              if (error.code() != ErrorCode::kResourceAlreadyExists) throw;
              v1::plugin::ExperimentLookup lookup;
              lookup.set_name(request.name());
              return store.on_get_experiment(context, lookup);
            }
          });
}

void leak_memory() {
  constexpr size_t kPiece = size_t{128} << 10;
  constexpr int kMost = 1500;
  static std::atomic<int> pieces{0};
  if (++pieces > kMost) return;
  // Touched, so that it is resident, and kept where the address sanitizer does not call it a leak.
  static std::atomic<void*> last{nullptr};
  auto* piece = static_cast<char*>(std::malloc(kPiece));
  std::memset(piece, 1, kPiece);
  void* previous = last.exchange(piece);
  std::memcpy(piece, &previous, sizeof previous);
}

void leak_descriptor() {
  constexpr int kMost = 500;
  static std::atomic<int> opened{0};
  if (++opened <= kMost) open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool was_locked(const std::string& folder) {
  const std::string lock = folder + "/lock";
  if (std::ifstream(lock).is_open()) return true;
  std::ofstream(lock) << "in use";
  return false;
}

}  // namespace millrace::conformance::testing

// Any bytes as an artifact path: refused, or a relative path that stays below its root however often it is
// decoded.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "artifacts/path_rules.h"
#include "base/error.h"
#include "base/percent.h"

namespace {

bool stays_below(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal();
  return !normal.is_absolute() && (normal.empty() || *normal.begin() != "..");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    std::string path = millrace::artifacts::checked_path(text);
    for (int depth = 0; depth < 10; ++depth) {
      if (!stays_below(path) || path.find('\0') != std::string::npos) std::abort();
      auto decoded = millrace::percent_decode(path);
      if (!decoded) break;
      path = *std::move(decoded);
    }
  } catch (const millrace::Error&) {
  }
  return 0;
}

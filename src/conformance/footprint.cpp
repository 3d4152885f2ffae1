#include <filesystem>
#include <fstream>
#include <string>

#include "conformance/subject.h"

namespace millrace::conformance {
namespace {

// "RssAnon:      1234 kB" in /proc/<id>/status.
uint64_t private_bytes(const std::filesystem::path& process) {
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  }
  throw NotApplicable("its memory cannot be read from " + (process / "status").string());
}

}  // namespace

Footprint footprint_of(int64_t process_id) {
  const std::filesystem::path process = "/proc/" + std::to_string(process_id);
  Footprint footprint;
  footprint.memory_bytes = private_bytes(process);
  std::error_code fault;
  const std::filesystem::directory_iterator entries(process / "fd", fault);
  if (fault) throw NotApplicable("its descriptors cannot be read: " + fault.message());
  footprint.descriptors = std::distance(begin(entries), end(entries));
  return footprint;
}

}  // namespace millrace::conformance

#include "server/process_figures.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace millrace::server {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// "VmRSS:	   12345 kB" of proc(5).
void read_line(const std::string& name, int64_t value, v1::ProcessStatus& status) {
  if (name == "VmRSS:") status.set_resident_bytes(value * 1024);
  if (name == "VmHWM:") status.set_peak_resident_bytes(value * 1024);
  if (name == "Threads:") status.set_threads(value);
}

void read_proc(v1::ProcessStatus& status) {
  std::ifstream file("/proc/self/status");
  std::string name;
  while (file >> name) {
    int64_t value = 0;
    if (file >> value) read_line(name, value, status);
    file.clear();
    std::string rest;
    std::getline(file, rest);
  }
}

}  // namespace

v1::ProcessStatus process_figures() {
  v1::ProcessStatus status;
  read_proc(status);
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0)
    status.set_cpu_seconds(seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  return status;
}

}  // namespace millrace::server

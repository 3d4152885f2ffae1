// millrace: one program, one file a command.

#include <malloc.h>

#include <exception>
#include <iostream>

#include "cli/commands.h"

int main(int argc, char** argv) {
  // By default freed memory goes back to the system above 128 KB, and each request would fetch it anew.
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  try {
    return millrace::cli::run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "millrace: " << fault.what() << "\n";
    return 1;
  }
}

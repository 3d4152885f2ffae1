// millrace: one program, one file a command.

#include <exception>
#include <iostream>

#include "base/heap.h"
#include "cli/commands.h"

int main(int argc, char** argv) {
  millrace::keep_freed_memory();
  try {
    return millrace::cli::run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "millrace: " << fault.what() << "\n";
    return 1;
  }
}

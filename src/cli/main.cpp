// millrace: one program, one file a command.

#include <exception>
#include <iostream>

#include "cli/commands.h"

int main(int argc, char** argv) {
  try {
    return millrace::cli::run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "millrace: " << fault.what() << "\n";
    return 1;
  }
}

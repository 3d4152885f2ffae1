#pragma once

#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "millrace/registration.h"

/// The few words that the tests are written in. Any test library does as well.

/// Ends the test program unless the condition holds.
inline void check(bool condition, const std::string& what) {
  if (condition) return;
  std::cerr << "FAILED: " << what << "\n";
  std::exit(1);
}

/// Ends it unless the call throws an error of that code.
inline void check_error(millrace::ErrorCode code, const std::string& what,
                        const std::function<void()>& call) {
  try {
    call();
  } catch (const millrace::Error& error) {
    check(error.code() == code, what + ": " + error.what());
    return;
  }
  check(false, what + " is no error");
}

/// What a plugin is opened with.
inline millrace::PluginOptions options(std::map<std::string, std::string> settings = {},
                                       std::string uri = "") {
  class Silent : public millrace::PluginLog {
    void write(millrace::PluginLogLevel, std::string_view) override {}
  };
  return {"sample-name", std::move(uri), std::move(settings), std::make_shared<Silent>()};
}

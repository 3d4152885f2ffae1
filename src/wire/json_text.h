#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::wire {

/// The pieces of MLflow's JSON dialect; each appends to `out`. See json_writer.h for the rules.
void append_json_integer(int64_t number, std::string& out);
void append_json_double(double number, std::string& out);
void append_json_bool(bool truth, std::string& out);
/// With its quotes.
void append_json_string(std::string_view text, std::string& out);

/// Ends an object whose members, each as `,"name":value`, were appended from `start` on.
void close_json_object(size_t start, std::string& out);

}  // namespace millrace::wire

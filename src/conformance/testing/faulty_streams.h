#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/byte_stream.h"

namespace millrace::conformance::testing {

/// Sinks and sources with one fault each.

/// Takes everything and keeps nothing.
std::unique_ptr<ByteSink> forgetful_sink();
/// Calls `change` with every piece before it is written.
std::unique_ptr<ByteSink> changing_sink(std::unique_ptr<ByteSink> inner,
                                        std::function<void(std::string&)> change);
/// Commits when it is given up.
std::unique_ptr<ByteSink> hasty_sink(std::unique_ptr<ByteSink> inner);
/// Makes no file when nothing was written.
std::unique_ptr<ByteSink> sink_without_empty_files(std::unique_ptr<ByteSink> inner);
/// Takes errors for success.
std::unique_ptr<ByteSink> deaf_sink(std::unique_ptr<ByteSink> inner);
/// Writes into the file itself, bit by bit, instead of a temporary.
std::unique_ptr<ByteSink> in_place_sink(const std::string& file);
/// Holds everything in memory until it is committed.
std::unique_ptr<ByteSink> holding_sink(std::unique_ptr<ByteSink> inner);
/// Calls `failed` when a write or commit throws.
std::unique_ptr<ByteSink> reporting_sink(std::unique_ptr<ByteSink> inner, std::function<void()> failed);

/// A source of a text.
std::unique_ptr<ByteSource> text_source(std::string text);
/// A source that has read all of another into memory.
std::unique_ptr<ByteSource> holding_source(std::unique_ptr<ByteSource> inner);

}  // namespace millrace::conformance::testing

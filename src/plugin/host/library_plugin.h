#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "plugin/channel.h"
#include "plugin/host/opening.h"

namespace millrace::plugin {

/// A plugin that is loaded into this process as a shared library, through the C interface of
/// millrace/plugin_abi.h. It can do all that this process can, so only operators who trust it load it this
/// way. Any thread. Lives until its last channel is gone; the library itself stays loaded, since code of it
/// may have left traces (threads, handlers) that would crash without it.
class LibraryPlugin : public std::enable_shared_from_this<LibraryPlugin> {
 public:
  /// Loads the library and asks for its table; one that crashes or hangs then does so here, so try it with
  /// probe_library() before. Throws INVALID_STATE, naming the plugin and what to do, when
  /// the file cannot be loaded, has no entry, another major of the interface or another layout of the same
  /// major.
  static std::shared_ptr<LibraryPlugin> load(const std::string& plugin_id, const std::filesystem::path& file,
                                             Log& log);
  ~LibraryPlugin();
  LibraryPlugin(const LibraryPlugin&) = delete;
  LibraryPlugin& operator=(const LibraryPlugin&) = delete;

  /// Opens an instance; throws what the plugin answers.
  std::shared_ptr<Channel> open(const Opening& opening);

  /// The answer of an operation of Control, as bytes; throws what the plugin answers. A plugin that hangs
  /// hangs the caller.
  std::string control(std::string_view operation, std::string_view request);

 private:
  struct Table;
  LibraryPlugin(std::string plugin_id, Log& log);

  std::string plugin_id_;
  std::unique_ptr<Table> table_;
};

}  // namespace millrace::plugin

#pragma once

#include <memory>
#include <string_view>

#include "base/byte_stream.h"
#include "plugin/channel.h"
#include "plugin/host/child_plugin.h"

namespace millrace::plugin {

/// Bytes from and to a plugin in a child process, each over a connection of its own. The first message of a
/// download is awaited here, so that "there is no such file" is thrown before anything is answered to a
/// client.
std::unique_ptr<ByteSource> open_child_source(const ChildSession& session, const Method& method,
                                              std::string_view request, const ttrpc::CallOptions& options);
std::unique_ptr<ByteSink> open_child_sink(const ChildSession& session, const Method& method,
                                          std::string_view first, const ttrpc::CallOptions& options);

}  // namespace millrace::plugin

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/byte_stream.h"
#include "base/call_context.h"

namespace millrace::plugin {

/// An operation of a plugin kind, as the contract has it.
struct Method {
  std::string_view service;     ///< "millrace.v1.plugin.ArtifactRepository"
  std::string_view name;        ///< "Read"
  std::string_view capability;  ///< what the plugin must have for it; empty: every plugin of the kind has it
  int data_field;               ///< of a stream's messages: the number of the field with the bytes
  int size_field;               ///< of a download's first message: the size of the whole; 0: there is none
  int commit_field;             ///< of an upload's last message: the mark that all was sent
};

/// The way to one instance of what a plugin provides, whether it runs in this process or in a child. Messages
/// are protobuf bytes. Any thread. What the plugin refuses is thrown as the Error it answered; a plugin that
/// is gone, hangs beyond the call's time or answers nonsense is TEMPORARILY_UNAVAILABLE or INTERNAL_ERROR
/// with the plugin's id.
class Channel {
 public:
  virtual ~Channel() = default;

  /// Names plugin and instance in messages: "plugin 'acme-oss' (artifact_repository 'oss')".
  virtual const std::string& label() const = 0;
  virtual bool has_capability(std::string_view capability) const = 0;

  virtual std::string call(const CallContext& context, const Method& method, std::string_view request) = 0;
  virtual std::unique_ptr<ByteSource> download(const CallContext& context, const Method& method,
                                               std::string_view request) = 0;
  virtual std::unique_ptr<ByteSink> upload(const CallContext& context, const Method& method,
                                           std::string_view first) = 0;
};

}  // namespace millrace::plugin

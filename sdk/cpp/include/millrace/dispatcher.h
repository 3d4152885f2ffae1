#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/byte_stream.h"
#include "base/call_context.h"
#include "base/error.h"

namespace millrace::sdk {

/// An operation of a plugin kind as the contract has it, with the numbers of the fields in which the messages
/// of a stream carry bytes, the size of the whole, and the mark that an upload is complete; 0: no such field.
struct Method {
  std::string_view service;
  std::string_view name;
  std::string_view capability;
  int data_field;
  int size_field;
  int commit_field;
};

/// How an operation is handed to an implementation; one of the three is set.
struct MethodEntry {
  Method method;
  std::string (*call)(void* implementation, const CallContext& context, std::string_view request);
  std::unique_ptr<ByteSource> (*download)(void* implementation, const CallContext& context,
                                          std::string_view request);
  std::unique_ptr<ByteSink> (*upload)(void* implementation, const CallContext& context,
                                      std::string_view first);
};

/// The operations of one kind. Made once, constant after that.
class MethodTable {
 public:
  MethodTable(std::string_view service, std::vector<MethodEntry> entries);

  std::string_view service() const { return service_; }
  /// Null when the contract that this was built from has no such operation.
  const MethodEntry* find(std::string_view method) const;

 private:
  std::string_view service_;
  std::vector<MethodEntry> entries_;
  std::unordered_map<std::string_view, const MethodEntry*> by_name_;
};

/// An implementation of a kind, called with bytes. Any thread, as the implementation allows.
class Dispatcher {
 public:
  Dispatcher(const MethodTable& table, std::shared_ptr<void> implementation)
      : table_(table), implementation_(std::move(implementation)) {}

  const MethodTable& table() const { return table_; }

  /// Each throws what the implementation throws, and NOT_IMPLEMENTED for an operation that this plugin's
  /// version of the contract does not have.
  std::string call(const CallContext& context, std::string_view method, std::string_view request) const;
  std::unique_ptr<ByteSource> download(const CallContext& context, std::string_view method,
                                       std::string_view request) const;
  std::unique_ptr<ByteSink> upload(const CallContext& context, std::string_view method,
                                   std::string_view first) const;

 private:
  const MethodTable& table_;
  std::shared_ptr<void> implementation_;
};

}  // namespace millrace::sdk

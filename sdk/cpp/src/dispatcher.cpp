#include "millrace/dispatcher.h"

namespace millrace::sdk {
namespace {

[[noreturn]] void throw_unknown(const MethodTable& table, std::string_view method) {
  throw Error(ErrorCode::kNotImplemented, "The plugin was built without the operation " +
                                              std::string(table.service()) + "/" + std::string(method) + ".");
}

}  // namespace

MethodTable::MethodTable(std::string_view service, std::vector<MethodEntry> entries)
    : service_(service), entries_(std::move(entries)) {
  for (const MethodEntry& entry : entries_) by_name_.emplace(entry.method.name, &entry);
}

const MethodEntry* MethodTable::find(std::string_view method) const {
  const auto found = by_name_.find(method);
  return found == by_name_.end() ? nullptr : found->second;
}

std::string Dispatcher::call(const CallContext& context, std::string_view method,
                             std::string_view request) const {
  const MethodEntry* entry = table_.find(method);
  if (entry == nullptr || entry->call == nullptr) throw_unknown(table_, method);
  return entry->call(implementation_.get(), context, request);
}

std::unique_ptr<ByteSource> Dispatcher::download(const CallContext& context, std::string_view method,
                                                 std::string_view request) const {
  const MethodEntry* entry = table_.find(method);
  if (entry == nullptr || entry->download == nullptr) throw_unknown(table_, method);
  return entry->download(implementation_.get(), context, request);
}

std::unique_ptr<ByteSink> Dispatcher::upload(const CallContext& context, std::string_view method,
                                             std::string_view first) const {
  const MethodEntry* entry = table_.find(method);
  if (entry == nullptr || entry->upload == nullptr) throw_unknown(table_, method);
  return entry->upload(implementation_.get(), context, first);
}

}  // namespace millrace::sdk

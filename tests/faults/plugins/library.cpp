// A plugin written against the C interface alone, with one defect that the build chooses (DEFECT_...).
// Without any it opens instances and answers every other call with an empty message.

#include <unistd.h>

#include <csignal>
#include <cstring>

#include "millrace/plugin_abi.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

millrace_text text(const char* words) {
  return {words, std::strlen(words)};
}

void call(void*, const millrace_call* call, millrace_text, const millrace_reply* reply) {
  const bool opens = call->method.size == 4 && std::memcmp(call->method.data, "Open", 4) == 0;
  // OpenedInstance{instance: 1}, and a field 1000 that only a later minor of the contract has.
  if (opens) return reply->answer(reply->context, text("\x08\x01\xc2\x3e\x03new"));
#if defined(DEFECT_no_answer)
  return;
#elif defined(DEFECT_huge_answer)
  // The size alone is too much; nobody may look at the bytes.
  return reply->answer(reply->context, {"", uint64_t{1} << 40});
#else
  reply->answer(reply->context, text(""));
#endif
}

void* open_source(void*, const millrace_call*, millrace_text, int64_t* size, const millrace_reply*) {
  static char source;
  *size = -1;
  return &source;
}
int64_t read_source(void*, char*, uint64_t, const millrace_reply*) {
  return 0;
}
void close_source(void*) {}
void* open_sink(void*, const millrace_call*, millrace_text, const millrace_reply*) {
  static char sink;
  return &sink;
}
int32_t write_sink(void*, millrace_text, const millrace_reply*) {
  return 0;
}
int32_t commit_sink(void*, const millrace_reply*) {
  return 0;
}
void close_sink(void*) {}
void destroy(void*) {}

// What a host of a later minor could ask for lies behind what we know.
struct LongTable {
  millrace_plugin known;
  void (*unknown[8])();
};
LongTable table;

[[maybe_unused]] const millrace_plugin* make_table() {
  millrace_plugin& made = table.known;
  made.size = sizeof made;
  made.abi_major = MILLRACE_ABI_MAJOR;
  made.abi_minor = MILLRACE_ABI_MINOR;
  made.abi_hash = MILLRACE_ABI_HASH;
  made.call = call;
  made.open_source = open_source;
  made.read_source = read_source;
  made.close_source = close_source;
  made.open_sink = open_sink;
  made.write_sink = write_sink;
  made.commit_sink = commit_sink;
  made.close_sink = close_sink;
  made.destroy = destroy;
#if defined(DEFECT_wrong_major)
  made.abi_major = 7;
#elif defined(DEFECT_wrong_hash)
  made.abi_hash = "0000000000000000000000000000000000000000000000000000000000000000";
#elif defined(DEFECT_no_hash)
  made.abi_hash = nullptr;
#elif defined(DEFECT_short_table)
  made.size = 24;
#elif defined(DEFECT_long_table)
  made.size = sizeof table;
  made.abi_minor = 9;
#elif defined(DEFECT_no_call)
  made.call = nullptr;
#elif defined(DEFECT_no_streams)
  made.open_source = nullptr;
  made.open_sink = nullptr;
#endif
  return &made;
}

}  // namespace

#if defined(DEFECT_crash_at_load)
__attribute__((constructor)) void at_load() {
  signal(SIGSEGV, SIG_DFL);  // a sanitizer would report it in its own way
  static const char kWords[] = "the licence server is on fire\n";
  static_cast<void>(!write(2, kWords, sizeof kWords - 1));
  raise(SIGSEGV);
}
#elif defined(DEFECT_exit_at_load)
__attribute__((constructor)) void at_load() {
  _exit(0);
}
#elif defined(DEFECT_hang_at_load)
__attribute__((constructor)) void at_load() {
  for (;;) pause();
}
#elif defined(DEFECT_unresolved)
extern "C" int millrace_test_function_of_nobody();
#endif

#if defined(DEFECT_other_major_entry)
EXPORTED const millrace_plugin* millrace_plugin_entry_v2(const millrace_host*);
const millrace_plugin* millrace_plugin_entry_v2(const millrace_host*) {
  return make_table();
}
#elif !defined(DEFECT_no_entry)
EXPORTED const millrace_plugin* millrace_plugin_entry_v1(const millrace_host* host) {
#if defined(DEFECT_refuses)
  host->log(host->context, 3, text("no licence for this machine"));
  return nullptr;
#elif defined(DEFECT_crash_at_entry)
  raise(SIGABRT);
#elif defined(DEFECT_unresolved)
  if (millrace_test_function_of_nobody() != 0) return nullptr;
#endif
  static_cast<void>(host);
  return make_table();
}
#endif

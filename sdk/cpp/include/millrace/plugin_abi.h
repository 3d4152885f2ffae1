/* The C interface between Millrace and a plugin that runs in its process. Authors include millrace/plugin.h
 * and never see this; whoever writes plugins in another language that can make shared libraries needs nothing
 * else than this file and the messages in api/millrace/v1/plugin.
 *
 * Rules. No C++ type and no exception crosses. Strings are UTF-8 with a size, not terminated by a zero; what
 * is handed over is valid for the length of the call. Structures start with their size and only ever grow at
 * the end: read no field beyond the size that you were given, and take a function that is missing or null for
 * "not there". Functions may be called from any thread at any time between entry and `destroy`, which is
 * last. Messages are the protobuf bytes of the contract. */
#ifndef MILLRACE_PLUGIN_ABI_H
#define MILLRACE_PLUGIN_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MILLRACE_ABI_MAJOR 1u
#define MILLRACE_ABI_MINOR 0u
/* SHA-256 of the lines between the two marks below, which never change within a major. A host and a plugin
 * that were built from different ones have the same major by mistake, and the host says so. */
#define MILLRACE_ABI_HASH "d8b08efd6429fa130170872d6ca1c4aaa3b8299ad0993cb10dbd8211bdb9aeea"

/* ABI 1.0 begins */
struct millrace_text {
  const char* data;
  uint64_t size;
};

/* Takes the outcome of a call: exactly one of the two is called, once, before the call returns. */
struct millrace_reply {
  void* context;
  void (*answer)(void* context, struct millrace_text bytes);
  /* `code` is an error code of the REST API: "RESOURCE_DOES_NOT_EXIST". */
  void (*fail)(void* context, struct millrace_text code, struct millrace_text message);
};

/* What the plugin may ask of the host; valid until `destroy` of the plugin has returned. */
struct millrace_host {
  uint64_t size;
  void* context;
  /* Levels: 0 debug, 1 info, 2 warning, 3 error. */
  void (*log)(void* context, int32_t level, struct millrace_text message);
};

struct millrace_call {
  uint64_t size;
  int64_t instance;             /* given by Control.Open; 0 for Control itself */
  struct millrace_text service; /* "millrace.v1.plugin.ArtifactRepository" */
  struct millrace_text method;  /* "List" */
  struct millrace_text request_id;
  int64_t timeout_nanoseconds; /* until nobody waits any more; 0: no limit */
};

struct millrace_plugin {
  uint64_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* abi_hash; /* MILLRACE_ABI_HASH, terminated by a zero */
  void* context;

  void (*call)(void* context, const struct millrace_call* call, struct millrace_text request,
               const struct millrace_reply* reply);

  /* Downloads. The stream, or null after reply->fail. `file_size` gets the size of the whole, -1 if unknown.
   */
  void* (*open_source)(void* context, const struct millrace_call* call, struct millrace_text request,
                       int64_t* file_size, const struct millrace_reply* reply);
  /* Bytes put into the buffer, 0 at the end, -1 after reply->fail. */
  int64_t (*read_source)(void* source, char* buffer, uint64_t size, const struct millrace_reply* reply);
  void (*close_source)(void* source);

  /* Uploads. The stream, or null after reply->fail. A stream that is closed without commit leaves nothing. */
  void* (*open_sink)(void* context, const struct millrace_call* call, struct millrace_text first,
                     const struct millrace_reply* reply);
  /* 0, or -1 after reply->fail. */
  int32_t (*write_sink)(void* sink, struct millrace_text bytes, const struct millrace_reply* reply);
  int32_t (*commit_sink)(void* sink, const struct millrace_reply* reply);
  void (*close_sink)(void* sink);

  /* Ends the plugin; no call is under way and none follows. */
  void (*destroy)(void* context);
};

/* The one symbol that a plugin exports. Null when the plugin cannot work with this host, after it has logged
 * why. */
typedef const struct millrace_plugin* (*millrace_plugin_entry)(const struct millrace_host* host);
/* ABI 1.0 ends */

#define MILLRACE_PLUGIN_ENTRY_SYMBOL "millrace_plugin_entry_v1"

#ifdef __cplusplus
}
#endif

#endif

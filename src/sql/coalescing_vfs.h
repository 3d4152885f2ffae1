#pragma once

namespace millrace::sql {

/// Name of a file layer for SQLite that joins neighbouring writes to the write-ahead log into large ones, for
/// the connection that writes. SQLite writes each page of a commit by two calls, a few thousand bytes
/// together; joined, a commit of many pages is one call. Nothing is held back across a sync: what SQLite was
/// told to be durable is. The first call registers it; any thread. Throws INTERNAL_ERROR when SQLite refuses
/// it.
const char* coalescing_vfs();

}  // namespace millrace::sql

#pragma once

#include <memory>

#include "sql/reader_pool.h"
#include "sql/writer.h"

namespace millrace::sql {

/// A database with MLflow's schema as the stores see it, whichever kind it is.
class Database {
 public:
  Database(std::unique_ptr<Connection> writer, ReaderPool::Open open_reader, size_t readers)
      : remote_(writer->is_remote()), writer_(std::move(writer)), readers_(std::move(open_reader), readers) {}

  Writer& writer() { return writer_; }
  ReaderPool& readers() { return readers_; }
  /// A server, which may take as long as it likes to answer.
  bool is_remote() const { return remote_; }

 private:
  bool remote_;
  Writer writer_;
  ReaderPool readers_;
};

/// The schema revision of MLflow 3.17 that the stores know.
inline constexpr const char* kSchemaRevision = "dc11669786a5";

}  // namespace millrace::sql

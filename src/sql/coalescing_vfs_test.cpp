#include "sql/coalescing_vfs.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "sql/connection.h"

using namespace millrace;
using namespace millrace::sql;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("millrace-vfs-" + random_token(12))) {
    fs::create_directory(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::unique_ptr<Connection> open(const std::string& path, const char* vfs) {
  ConnectionOptions options;
  options.create = true;
  options.vfs = vfs;
  return std::make_unique<Connection>(path, options);
}

std::unique_ptr<Connection> open_writer(const std::string& path) {
  auto writer = open(path, coalescing_vfs());
  writer->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(v BLOB)");
  return writer;
}

std::string answer(Connection& connection, std::string_view sql) {
  auto statement = connection.prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : "";
}

// Pages that together are many times as long as the longest write.
void insert_megabytes(Connection& writer, int count) {
  Transaction transaction(writer, Transaction::Kind::kWrite);
  for (int i = 0; i < count; ++i) writer.execute("INSERT INTO t VALUES(randomblob(1000000))");
  transaction.commit();
}

}  // namespace

TEST_CASE("all that a commit wrote is in the files when the commit returns") {
  const Folder folder;
  const auto writer = open_writer(folder.file("t.db"));
  for (int round = 1; round <= 5; ++round) {
    insert_megabytes(*writer, 2);
    // What a crash right now would leave behind.
    for (const char* end : {"", "-wal"}) {
      fs::copy_file(folder.file("t.db") + end, folder.file("copy.db") + end,
                    fs::copy_options::overwrite_existing);
    }
    const auto copy = open(folder.file("copy.db"), nullptr);
    CHECK(answer(*copy, "SELECT count(*) FROM t") == std::to_string(2 * round));
    CHECK(answer(*copy, "PRAGMA integrity_check") == "ok");
  }
}

TEST_CASE("a transaction that outgrows the cache reads back its own pages and can be given up") {
  const Folder folder;
  const auto writer = open_writer(folder.file("t.db"));
  writer->execute("PRAGMA cache_size=10");
  {
    const Transaction transaction(*writer, Transaction::Kind::kWrite);
    for (int i = 0; i < 3; ++i) writer->execute("INSERT INTO t VALUES(randomblob(500000))");
    CHECK(answer(*writer, "SELECT sum(length(v)) FROM t") == "1500000");
  }
  insert_megabytes(*writer, 1);
  CHECK(answer(*writer, "SELECT count(*) FROM t") == "1");
  CHECK(answer(*writer, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a log that was checkpointed is begun anew, also for those who read it without the layer") {
  const Folder folder;
  const auto writer = open_writer(folder.file("t.db"));
  const auto reader = open(folder.file("t.db"), nullptr);
  for (int round = 1; round <= 5; ++round) {
    insert_megabytes(*writer, 1);
    CHECK(answer(*reader, "SELECT count(*) FROM t") == std::to_string(round));
    writer->execute(round % 2 == 0 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
    CHECK(answer(*reader, "PRAGMA integrity_check") == "ok");
  }
}

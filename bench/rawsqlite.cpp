// What SQLite itself gives on this disk: rows a second into MLflow's metric tables with one, ten, ... rows a
// commit. Usage: rawsqlite FOLDER [SECONDS]; prints one JSON object {"1": rows_per_second, "1000": ...}.

#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void execute(sqlite3* database, const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
  std::fprintf(stderr, "%s: %s\n", sql.c_str(), message);
  std::exit(1);
}

void step(sqlite3_stmt* statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) std::exit(1);
  sqlite3_reset(statement);
}

// The tables and indexes that a metric touches in the schema of MLflow 3.17.
void create_tables(sqlite3* database) {
  execute(database, "PRAGMA journal_mode=WAL");
  execute(database, "PRAGMA synchronous=FULL");
  execute(database, "CREATE TABLE runs(run_uuid VARCHAR(32) NOT NULL PRIMARY KEY)");
  execute(database,
          "CREATE TABLE metrics(key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, "
          "run_uuid VARCHAR(32) "
          "NOT NULL, step BIGINT DEFAULT 0 NOT NULL, is_nan BOOLEAN DEFAULT 0 NOT NULL, CONSTRAINT metric_pk "
          "PRIMARY KEY(key, "
          "timestamp, step, run_uuid, value, is_nan), FOREIGN KEY(run_uuid) REFERENCES runs(run_uuid))");
  execute(database, "CREATE INDEX index_metrics_run_uuid ON metrics(run_uuid)");
  execute(database, "CREATE INDEX index_metrics_run_uuid_key_step ON metrics(run_uuid, key, step)");
  execute(database,
          "CREATE TABLE latest_metrics(key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT, "
          "step BIGINT NOT NULL, "
          "is_nan BOOLEAN NOT NULL, run_uuid VARCHAR(32) NOT NULL, CONSTRAINT latest_metric_pk PRIMARY "
          "KEY(key, run_uuid))");
  execute(database, "CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics(run_uuid)");
}

double rows_per_second(const std::string& path, int rows_a_commit, double seconds) {
  for (const char* end : {"", "-wal", "-shm"}) unlink((path + end).c_str());
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  create_tables(database);
  constexpr const char* kRun = "0123456789abcdef0123456789abcdef";
  sqlite3_stmt* insert = nullptr;
  sqlite3_stmt* latest = nullptr;
  sqlite3_prepare_v2(
      database,
      "INSERT INTO metrics(key, value, timestamp, run_uuid, step, is_nan) VALUES(?1, ?2, ?3, ?4, ?5, 0)", -1,
      &insert, nullptr);
  sqlite3_prepare_v2(
      database,
      "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES(?1, ?2, ?3, ?5, 0, "
      "?4) ON "
      "CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = "
      "excluded.step WHERE excluded.step >= step",
      -1, &latest, nullptr);
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  int64_t rows = 0;
  double elapsed = 0;
  while (elapsed < seconds) {
    execute(database, "BEGIN IMMEDIATE");
    for (int i = 0; i < rows_a_commit; ++i, ++rows) {
      const std::string key = "m" + std::to_string(rows % 10);
      for (sqlite3_stmt* statement : {insert, latest}) {
        if (statement == latest && rows_a_commit > 10 && i < rows_a_commit - 10)
          continue;  // one for each key
        sqlite3_bind_text(statement, 1, key.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_double(statement, 2, std::rand() / 2147483648.0);
        sqlite3_bind_int64(statement, 3, 1'700'000'000'000 + rows / 10);
        sqlite3_bind_text(statement, 4, kRun, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 5, rows / 10);
        step(statement);
      }
    }
    execute(database, "COMMIT");
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  sqlite3_finalize(insert);
  sqlite3_finalize(latest);
  sqlite3_close(database);
  for (const char* end : {"", "-wal", "-shm"}) unlink((path + end).c_str());
  return static_cast<double>(rows) / elapsed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1;
  const std::string path = std::string(argv[1]) + "/raw.db";
  std::printf("{\"1\": %.1f, \"1000\": %.1f}\n", rows_per_second(path, 1, seconds),
              rows_per_second(path, 1000, seconds));
}

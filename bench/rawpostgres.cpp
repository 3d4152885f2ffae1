// What PostgreSQL itself gives: rows a second into MLflow's metric tables, with their indexes and the latest
// value of each key, one transaction after another. Usage: rawpostgres URI SECONDS WORK, of a database that
// has MLflow's schema; works in a schema of its own there. WORK is `row`, one row a commit, `insert`, 1000 by
// a multi-row INSERT, or `copy`, 1000 by COPY. Prints rows a second.

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr const char* kRun = "0123456789abcdef0123456789abcdef";
constexpr int kKeys = 10;

PGconn* connection = nullptr;

void expect(ExecStatusType wanted, PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status == wanted) return;
  std::fprintf(stderr, "%s", PQerrorMessage(connection));
  std::exit(1);
}

void execute(const std::string& sql) {
  expect(PGRES_COMMAND_OK, PQexec(connection, sql.c_str()));
}

void create_tables() {
  execute("DROP SCHEMA IF EXISTS raw CASCADE");
  execute("CREATE SCHEMA raw");
  for (const std::string table : {"runs", "metrics", "latest_metrics"})
    execute("CREATE TABLE raw." + table + " (LIKE public." + table + " INCLUDING ALL)");
  for (const std::string table : {"metrics", "latest_metrics"})
    execute("ALTER TABLE raw." + table + " ADD FOREIGN KEY(run_uuid) REFERENCES raw.runs(run_uuid)");
  execute("SET search_path = raw");
  execute(std::string("INSERT INTO runs(run_uuid) VALUES('") + kRun + "')");
}

struct Row {
  int64_t number;
  std::string key() const { return "m" + std::to_string(number % kKeys); }
  std::string value() const { return std::to_string(static_cast<double>(number) / 7); }
  std::string time() const { return std::to_string(1'700'000'000'000 + number / kKeys); }
  std::string step() const { return std::to_string(number / kKeys); }
};

std::string values_of(int64_t first, int count) {
  std::string values;
  for (Row row{first}; row.number < first + count; ++row.number) {
    values += (values.empty() ? "('" : ",('") + row.key() + "'," + row.value() + "," + row.time() + "," +
              row.step() + ",false,'" + kRun + "')";
  }
  return values;
}

void write_latest(int64_t first, int count) {
  const int keys = std::min(kKeys, count);
  execute("INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES" +
          values_of(first + count - keys, keys) +
          " ON CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, "
          "step = excluded.step, is_nan = excluded.is_nan WHERE (excluded.step, excluded.timestamp, "
          "excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)");
}

void insert(int64_t first, int count) {
  execute("INSERT INTO metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES" +
          values_of(first, count));
}

void copy(int64_t first, int count) {
  expect(PGRES_COPY_IN,
         PQexec(connection, "COPY metrics(key, value, timestamp, step, is_nan, run_uuid) FROM STDIN"));
  std::string lines;
  for (Row row{first}; row.number < first + count; ++row.number) {
    lines += row.key() + "\t" + row.value() + "\t" + row.time() + "\t" + row.step() + "\tf\t" + kRun + "\n";
  }
  PQputCopyData(connection, lines.data(), static_cast<int>(lines.size()));
  PQputCopyEnd(connection, nullptr);
  expect(PGRES_COMMAND_OK, PQgetResult(connection));
  while (PGresult* rest = PQgetResult(connection)) PQclear(rest);
}

double rows_per_second(void (*write)(int64_t, int), int rows_a_commit, double seconds) {
  execute("TRUNCATE metrics, latest_metrics");
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  int64_t rows = 0;
  double elapsed = 0;
  while (elapsed < seconds) {
    execute("BEGIN");
    write(rows, rows_a_commit);
    write_latest(rows, rows_a_commit);
    execute("COMMIT");
    rows += rows_a_commit;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return static_cast<double>(rows) / elapsed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const double seconds = std::atof(argv[2]);
  const std::string work = argv[3];
  connection = PQconnectdb(argv[1]);
  create_tables();
  std::printf("%.1f\n", rows_per_second(work == "copy" ? copy : insert, work == "row" ? 1 : 1000, seconds));
  execute("DROP SCHEMA raw CASCADE");
  PQfinish(connection);
}

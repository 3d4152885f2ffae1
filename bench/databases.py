"""Measures Millrace on PostgreSQL beside FastTrackML and `mlflow server` on it and bare PostgreSQL; prints a Markdown table.

A PostgreSQL server of Debian's packages is started with durable commits; each server has a database of its own in
it, and so has what is written past all of them. Each work is done by all of them in turn, so that what a noisy machine
does to one it does to the others, round after round; figures are medians of the rounds.
Usage: ./dev bench-databases [--rounds 7] [--seconds 2] [--models 10000] [--out FILE]
"""

import argparse
import pathlib
import random
import subprocess
import tempfile
import time
import uuid

from run import (FILTER_ORDER, ROOT, TOOLS, DefaultMlflow, FastTrackML, Quiet, Table, fresh_batches, http, load, metric_requests, run_with_metrics,
                 search_request)

from postgres import PASSWORD, PostgresServer  # tests/, which run.py put into the path

BARE = "bare PostgreSQL"
SQLITE = "Millrace, SQLite"
OURS = "Millrace"
PEER = "FastTrackML"
MLFLOW = "mlflow server"


class FastTrackMLOnPostgres(FastTrackML):
    def __init__(self, folder, uri):
        super().__init__(folder)
        self.uri = uri

    def command(self):
        fml = ROOT / "build/venv-fasttrackml/bin/fml"
        return [str(fml), "server", "--listen-address", f"127.0.0.1:{self.port}", "--database-uri", self.uri]


class MlflowOnPostgres(DefaultMlflow):
    def __init__(self, folder, uri):
        super().__init__(folder)
        self.uri = uri

    def command(self):
        return [*super().command(), "--backend-store-uri", self.uri]


def seed_runs(postgres, database, runs, keys=10):
    """Runs with metrics, params and tags, written by SQL as the server writes them; the experiment's id."""
    name = f"seed {runs} {uuid.uuid4()}"
    postgres.query(f"""
        CREATE TEMP TABLE seeded ON COMMIT PRESERVE ROWS AS SELECT n, md5('{name}' || n) AS id FROM generate_series(0, {runs - 1}) AS n;
        INSERT INTO experiments(name, lifecycle_stage, artifact_location, creation_time, last_update_time, workspace)
          VALUES('{name}', 'active', 'x', 1, 1, 'default');
        INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version,
          lifecycle_stage, artifact_uri, experiment_id) SELECT id, 'r', 'UNKNOWN', '', '', '', 'FINISHED', n, '', 'active', 'x',
          (SELECT experiment_id FROM experiments WHERE name = '{name}') FROM seeded;
        INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid)
          SELECT 'm' || k, random(), 1, 1, FALSE, id FROM seeded, generate_series(0, {keys - 1}) AS k ORDER BY n, k;
        INSERT INTO params(key, value, run_uuid)
          SELECT 'p' || k, substr('xyzw', 1 + floor(random() * 4)::int, 1), id FROM seeded, generate_series(1, {keys}) AS k ORDER BY n, k;
        INSERT INTO tags(key, value, run_uuid) SELECT 't' || k, 'v', id FROM seeded, generate_series(0, 2) AS k ORDER BY n, k;""", database)
    postgres.query("VACUUM ANALYZE", database)
    return postgres.query(f"SELECT experiment_id FROM experiments WHERE name = '{name}'", database)[0][0]


def settle(postgres):
    """Has PostgreSQL write out what was changed, and waits for its vacuum: nobody pays for what another wrote."""
    postgres.query("CHECKPOINT")
    vacuums = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    deadline = time.monotonic() + 60
    while postgres.query(vacuums) != [["0"]] and time.monotonic() < deadline:
        time.sleep(0.2)


def seed_models(server, models, versions=5):
    """Registered models, each with tags and versions, over the API; the requests are sent by the load generator's threads."""
    generator = random.Random(models)
    created = [http("POST", "/api/2.0/mlflow/registered-models/create", {"name": f"model {i:05d}", "tags": [{"key": "team", "value": generator.choice("abc")}]})
               for i in range(models)]
    added = [http("POST", "/api/2.0/mlflow/model-versions/create", {"name": f"model {i:05d}", "source": "s3://bucket/model"})
             for _ in range(versions) for i in range(models)]
    for requests in (created, added):
        send_each_once(server, requests)


def send_each_once(server, requests, connections=16):
    """With raw sockets, many at a time, since there are tens of thousands."""
    import concurrent.futures
    import http.client

    def send(part):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        for request in part:
            head, body = request.split(b"\r\n\r\n", 1)
            connection.request("POST", head.split(b" ")[1].decode(), body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text

    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(send, requests[i::connections]) for i in range(connections)]:
            done.result()


def model_requests():
    search = "/api/2.0/mlflow/registered-models/search?max_results=100"
    return {
        "first page": [http("GET", search)],
        "by name": [http("GET", search + "&filter=name%20LIKE%20%27model%200%25%27&order_by=name%20DESC")],
        "newest first": [http("GET", search + "&order_by=last_updated_timestamp%20DESC")],
    }


# What is done, with how many connections, and how much of it a request does.
WORKS = [("metric", "log-metric /s", (1, 8, 32), 1), ("run", "get-run with 50 metrics /s", (1, 8), 1),
         ("batch", "log-batch of 1000, metrics/s", (1, 8), 1000)]


# What PostgreSQL gives to one connection past all servers, the quicker way counts.
BARE_WORKS = {"metric": ("row",), "batch": ("insert", "copy")}


def measure_works(table, postgres, bare, servers, seconds, requests):
    for work, title, connections, amount in WORKS:
        for count in connections:
            name = f"{title}, {count} connection{'s' * (count > 1)}"
            for who, server in servers.items():
                settle(postgres)
                table.add(name, who, load(server, count, seconds, requests[who][work])["per_second"] * amount)
            if count == 1 and work in BARE_WORKS:
                table.add(name, BARE, max(measure_bare(postgres, bare, seconds, way) for way in BARE_WORKS[work]))


def measure_bare(postgres, uri, seconds, way):
    settle(postgres)
    return float(subprocess.run([TOOLS / "rawpostgres", uri, str(seconds), way], capture_output=True, check=True).stdout)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=2)
    options.add_argument("--models", type=int, default=10_000, help="registered models that are searched")
    options.add_argument("--out", help="write the table to this file too")
    chosen = options.parse_args()
    subprocess.run(["ninja", "-C", str(ROOT / "build/release"), "load", "rawpostgres"], check=True, stdout=subprocess.DEVNULL)
    table = Table()
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as name, PostgresServer() as postgres:
        folders = {who: pathlib.Path(name) / who for who in (OURS, PEER, MLFLOW, SQLITE)}
        for folder in folders.values():
            folder.mkdir()
        bare = postgres.create("bare").replace("+psycopg2", "")
        subprocess.run([ROOT / "build/release/millrace", "db", "upgrade", bare], check=True, capture_output=True)
        theirs = postgres.create("theirs").replace("postgresql+psycopg2", "postgres")
        servers = {
            OURS: Quiet(folders[OURS], "--backend-store-uri", postgres.create("ours").replace("+psycopg2", "")),
            PEER: FastTrackMLOnPostgres(folders[PEER], theirs),
            MLFLOW: MlflowOnPostgres(folders[MLFLOW], postgres.create("official")),
            SQLITE: Quiet(folders[SQLITE]),
        }
        for server in servers.values():
            server.start()
        try:
            works = {who: {"metric": metric_requests(servers[who]), "batch": fresh_batches(servers[who]), "run": run_with_metrics(servers[who])} for who in (OURS, PEER, MLFLOW)}
            seeded = {OURS: seed_runs(postgres, "ours", 50_000), MLFLOW: seed_runs(postgres, "official", 50_000)}
            for who in (OURS, SQLITE):
                seed_models(servers[who], chosen.models)
            for database in ("ours", "official"):
                postgres.query("VACUUM ANALYZE", database)
            for _ in range(chosen.rounds):
                measure_works(table, postgres, bare, {who: servers[who] for who in (OURS, PEER, MLFLOW)}, chosen.seconds, works)
                settle(postgres)
                for title, body in (("filter and order by metric", FILTER_ORDER), ("first page", {})):
                    for who, experiment in seeded.items():
                        table.add(f"search-runs p50 ms, {title}, 50,000 runs", who, load(servers[who], 1, chosen.seconds, search_request(experiment, **body))["p50"])
                for title, requests in model_requests().items():
                    for who in (OURS, SQLITE):
                        table.add(f"search of {chosen.models:,} models with 5 versions p50 ms, {title}, 100 a page", who, load(servers[who], 1, chosen.seconds, requests)["p50"])
        finally:
            for server in servers.values():
                server.stop()
    text = table.markdown([OURS, BARE, PEER, MLFLOW, SQLITE])
    assert PASSWORD not in text
    print(text)
    if chosen.out:
        pathlib.Path(chosen.out).write_text(text + "\n")


if __name__ == "__main__":
    main()

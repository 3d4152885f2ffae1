"""Measures Millrace beside `mlflow server`, FastTrackML, SQLite and nginx on this machine; prints a Markdown table.

All servers are up together and visited in turn, round after round; figures are medians of the rounds. Traffic goes to
loopback only. Usage: ./dev bench [--rounds 3] [--seconds 2] [--quick] [--million] [--out FILE]
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from servers import MillraceServer, MlflowServer, Server, free_port  # noqa: E402

TOOLS = ROOT / "build/release/bench"


class FastTrackML(Server):
    def command(self):
        fml = ROOT / "build/venv-fasttrackml/bin/fml"
        return [str(fml), "server", "--listen-address", f"127.0.0.1:{self.port}", "--database-uri", f"sqlite://{self.folder}/fml.db"]


class DefaultMlflow(Server):
    """`mlflow server` as it starts by itself, with four workers."""

    def command(self):
        return [str(pathlib.Path(sys.executable).parent / "mlflow"), "server", "--port", str(self.port)]


class Quiet(MillraceServer):
    """Millrace as it is started by default, its log in a file as that of the others."""


def build_tools():
    subprocess.run(["ninja", "-C", str(ROOT / "build/release"), "load", "rawsqlite"], check=True, stdout=subprocess.DEVNULL)


def http(method, path, body=None):
    data = b"" if body is None else json.dumps(body).encode().replace(b'"@@@@@@@@@@"', b"@@@@@@@@@@")
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if method != "GET":
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return head.encode() + b"\r\n" + data


def load(server, connections, seconds, requests):
    stream = b"".join(str(len(request)).encode() + b"\n" + request for request in requests)
    output = subprocess.run([TOOLS / "load", "127.0.0.1", str(server.port), str(connections), str(seconds)], input=stream, capture_output=True, check=True)
    return json.loads(output.stdout)


def call(server, method, path, body=None):
    request = urllib.request.Request(f"{server.url}/api/2.0/mlflow/{path}", method=method, data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def new_run(server, experiment="0"):
    return call(server, "POST", "runs/create", {"experiment_id": experiment, "start_time": int(time.time() * 1000)})["run"]["info"]["run_id"]


API = "/api/2.0/mlflow/"


def metric_requests(server):
    return [http("POST", API + "runs/log-metric", {"run_id": new_run(server), "key": f"m{i % 5}", "value": 0.5, "timestamp": 1, "step": "@@@@@@@@@@"}) for i in range(32)]


def fresh_batches(server):
    # Every point new, and later than those before, as in training: timestamp and step are the growing number.
    bodies = []
    for _ in range(8):
        metrics = [{"key": f"m{i % 10}", "value": i / 7, "timestamp": "@@@@@@@@@@", "step": "@@@@@@@@@@"} for i in range(1000)]
        bodies.append(http("POST", API + "runs/log-batch", {"run_id": new_run(server), "metrics": metrics}))
    return bodies


def run_with_metrics(server):
    run = new_run(server)
    call(server, "POST", "runs/log-batch", {"run_id": run, "metrics": [{"key": f"m{i}", "value": i, "timestamp": 1, "step": 1} for i in range(50)]})
    return [http("GET", f"{API}runs/get?run_id={run}")]


def seed_search(path, runs, keys=10, name=None):
    """Runs with metrics, params and tags, written by SQL as the server writes them; the experiment's id."""
    generator = random.Random(runs)
    with sqlite3.connect(path, timeout=60) as database:
        experiment = database.execute("INSERT INTO experiments(name, lifecycle_stage, artifact_location, creation_time, last_update_time, workspace) VALUES(?, 'active', 'x', 1, 1, 'default')", [name or f"seed {runs} {uuid.uuid4()}"]).lastrowid
        for start in range(0, runs, 10_000):
            ids = [(start + i, f"{generator.getrandbits(128):032x}") for i in range(min(10_000, runs - start))]
            database.executemany("INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES(?, 'r', 'UNKNOWN', '', '', '', 'FINISHED', ?, '', 'active', 'x', ?)", [(run, number, experiment) for number, run in ids])
            database.executemany("INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES(?, ?, 1, 1, 0, ?)", [(f"m{k}", generator.random(), run) for _, run in ids for k in range(keys)])
            database.executemany("INSERT INTO params(key, value, run_uuid) VALUES(?, ?, ?)", [(f"p{k}", generator.choice("xyzw"), run) for _, run in ids for k in range(1, keys + 1)])
            database.executemany("INSERT INTO tags(key, value, run_uuid) VALUES(?, 'v', ?)", [(f"t{k}", run) for _, run in ids for k in range(min(3, keys))])
    return str(experiment)


def search_request(experiment, **body):
    return [http("POST", API + "runs/search", {"experiment_ids": [experiment], "max_results": 100, **body})]


FILTER_ORDER = {"filter": "metrics.m0 > 0.5 and params.p1 = 'x'", "order_by": ["metrics.m1 DESC"]}


def seed_history(server, points=100_000):
    run = new_run(server)
    for start in range(0, points, 1000):
        call(server, "POST", "runs/log-batch", {"run_id": run, "metrics": [{"key": "h", "value": i, "timestamp": i, "step": i} for i in range(start, start + 1000)]})
    return run


def memory(pid):
    """PSS of a process tree in MB."""
    total = 0
    pending = [pid]
    while pending:
        current = pending.pop()
        try:
            total += int(next(line for line in open(f"/proc/{current}/smaps_rollup") if line.startswith("Pss:")).split()[1])
            for task in os.listdir(f"/proc/{current}/task"):
                pending += [int(child) for child in open(f"/proc/{current}/task/{task}/children").read().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1024


BARE = "raw SQLite, disk"


class Table:
    def __init__(self):
        self.rows = {}

    def add(self, work, who, value):
        self.rows.setdefault(work, {}).setdefault(who, []).append(value)

    def median(self, work, who):
        values = self.rows.get(work, {}).get(who)
        return statistics.median(values) if values else None

    def markdown(self, columns):
        lines = ["| work | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
        for work in self.rows:
            cells = [shown(self.median(work, who)) for who in columns]
            lines.append(f"| {work} | " + " | ".join(cells) + " |")
        return "\n".join(lines)


def shown(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def disk(folder, megabytes=100):
    """MB/s of a file written, synced and renamed, as an upload is kept."""
    piece = os.urandom(256 * 1024)
    start = time.perf_counter()
    with open(folder / "disk.tmp", "wb", buffering=0) as file:
        for _ in range(megabytes * 4):
            file.write(piece)
        os.fsync(file.fileno())
    os.rename(folder / "disk.tmp", folder / "disk.bin")
    return megabytes / (time.perf_counter() - start)


def measure_raw(table, folder, seconds):
    table.add("artifact of 100 MB up, MB/s", BARE, disk(folder))
    raw = json.loads(subprocess.run([TOOLS / "rawsqlite", folder, str(seconds)], capture_output=True, check=True).stdout)
    table.add("log-metric /s, 1 connection", BARE, raw["1"])
    table.add("log-batch of 1000, metrics/s, 1 connection", BARE, raw["1000"])
    table.add("log-batch of 1000, metrics/s, 8 connections", BARE, raw["1000"])


def measure_server(table, who, server, seconds, requests):
    for connections in (1, 8, 32):
        table.add(f"log-metric /s, {connections} connection{'s' * (connections > 1)}", who, load(server, connections, seconds, requests["metric"])["per_second"])
    for connections in (1, 8):
        plural = "s" * (connections > 1)
        result = load(server, connections, seconds, requests["batch"])
        table.add(f"log-batch of 1000, metrics/s, {connections} connection{plural}", who, result["per_second"] * 1000)
        table.add(f"get-run with 50 metrics /s, {connections} connection{plural}", who, load(server, connections, seconds, requests["run"])["per_second"])


def measure_own(table, server, seconds, requests):
    for title, key in requests["own"].items():
        table.add(title, "Millrace", load(server, 1, seconds, key)["p50"])


def big_artifact(table, server, nginx, megabytes=100):
    url = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/bench.bin"
    source = server.folder / "upload.bin"
    source.write_bytes(os.urandom(megabytes * 1024 * 1024))
    start = time.perf_counter()
    subprocess.run(["curl", "-s", "-f", "-o", "/dev/null", "-T", source, url], check=True)
    table.add("artifact of 100 MB up, MB/s", "Millrace", megabytes / (time.perf_counter() - start))
    for who, source in (("Millrace", url), ("nginx", nginx)):
        start = time.perf_counter()
        subprocess.run(["curl", "-s", "-o", "/dev/null", source], check=True)
        table.add("artifact of 100 MB down, MB/s", who, megabytes / (time.perf_counter() - start))


def start_nginx(folder, root):
    port = free_port()
    (folder / "nginx.conf").write_text(f"""worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{}} http {{ access_log off; sendfile on; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; server {{ listen 127.0.0.1:{port}; root {root}; }} }}""")
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), *user]), f"http://127.0.0.1:{port}/bench.bin"


def startup(folder):
    server = Quiet(folder)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        server.start()
        times.append((time.perf_counter() - begin) * 1000)
        pss = memory(server.process.pid)
        server.stop()
    return statistics.median(times), pss


def million(table, folder, seconds):
    """Growth of an indexed search from 10,000 to 1,000,000 runs; two metrics and params a run keep the file under 2 GB."""
    server = Quiet(folder)
    server.start()
    server.stop()
    for runs in (10_000, 1_000_000):
        experiment = seed_search(folder / "mlflow.db", runs, keys=2)
        server.start()
        for title, body in (("filter and order by metric", FILTER_ORDER), ("newest first", {})):
            table.add(f"search-runs p50 ms, {title}, {runs:,} runs of 2 metrics", "Millrace", load(server, 1, seconds, search_request(experiment, **body))["p50"])
        server.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=2)
    options.add_argument("--quick", action="store_true", help="Millrace and SQLite alone")
    options.add_argument("--million", action="store_true", help="also the search over a million runs")
    options.add_argument("--out", help="write the table to this file too")
    chosen = options.parse_args()
    build_tools()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as name:
        folder = pathlib.Path(name)
        kinds = {"Millrace": Quiet} if chosen.quick else {"Millrace": Quiet, "mlflow --workers 1": MlflowServer, "mlflow server": DefaultMlflow, "FastTrackML": FastTrackML}
        servers, requests = {}, {}
        for who, kind in kinds.items():
            (folder / who).mkdir()
            servers[who] = kind(folder / who)
            servers[who].start()
            requests[who] = {"metric": metric_requests(servers[who]), "batch": fresh_batches(servers[who]), "run": run_with_metrics(servers[who])}
        own = requests["Millrace"]
        database = folder / "Millrace/mlflow.db"
        small, large = seed_search(database, 10_000), seed_search(database, 50_000)
        (folder / "small").mkdir()
        alone = Quiet(folder / "small")
        alone.start()
        only = seed_search(folder / "small/mlflow.db", 10_000)
        run = seed_history(servers["Millrace"])
        own["own"] = {
            "search-runs p50 ms, filter and order by metric, 10,000 runs beside 50,000": search_request(small, **FILTER_ORDER),
            "search-runs p50 ms, filter and order by metric, 50,000 runs beside 10,000": search_request(large, **FILTER_ORDER),
            "search-runs p50 ms, first page, 50,000 runs": search_request(large),
            "history of 100,000 points p50 ms, whole": [http("GET", f"{API}metrics/get-history?run_id={run}&metric_key=h")],
            "history of 100,000 points p50 ms, 320 of them": [http("GET", f"{API}metrics/get-history-bulk-interval?run_ids={run}&metric_key=h&max_results=320")],
        }
        nginx, nginx_url = start_nginx(folder, folder / "Millrace/mlartifacts")
        try:
            for _ in range(chosen.rounds):
                measure_raw(table, folder, chosen.seconds)
                for who, server in servers.items():
                    measure_server(table, who, server, chosen.seconds, requests[who])
                table.add("search-runs p50 ms, filter and order by metric, 10,000 runs", "Millrace", load(alone, 1, chosen.seconds, search_request(only, **FILTER_ORDER))["p50"])
                measure_own(table, servers["Millrace"], chosen.seconds, own)
                big_artifact(table, servers["Millrace"], nginx_url)
        finally:
            nginx.send_signal(signal.SIGTERM)
            nginx.wait()
            alone.stop()
            for server in servers.values():
                server.stop()
        (folder / "start").mkdir()
        for work, value in zip(("start to first answer, ms", "idle memory, PSS MB"), startup(folder / "start")):
            table.add(work, "Millrace", value)
        if chosen.million:
            (folder / "million").mkdir()
            million(table, folder / "million", chosen.seconds)
    text = table.markdown(["Millrace", BARE, "nginx", *[who for who in kinds if who != "Millrace"]])
    print(text)
    if chosen.out:
        pathlib.Path(chosen.out).write_text(text + "\n")


if __name__ == "__main__":
    main()

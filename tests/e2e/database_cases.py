"""What each database server is tested for: alone, in turns with the official server, and when it goes away. Each file of
tests for one of them imports all of this and has a fixture `database`, the running server."""

import concurrent.futures
import pathlib
import subprocess
import sys
import threading
import time
import uuid

import mlflow
import pytest
import requests
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from database_user import PASSWORD
from round_trip import fill, look
from servers import MillraceServer, MlflowServer

OFFICIAL = str(pathlib.Path(sys.executable).parent / "mlflow")


@pytest.fixture
def uri(database):
    """An empty database of its own."""
    return database.create(f"test_{uuid.uuid4().hex}")


def millrace(folder, uri, **arguments):
    return MillraceServer(folder, "--backend-store-uri", uri, **arguments)


def official(folder, uri):
    return MlflowServer(folder, "--backend-store-uri", uri)


def name_of(uri):
    return uri.rsplit("/", 1)[1]


@pytest.mark.parametrize("first, second", [(millrace, official), (official, millrace)])
def test_what_one_server_wrote_the_other_reads_and_goes_on_with(tmp_path, uri, first, second):
    with first(tmp_path, uri) as server:
        made = fill(server)
        seen = look(server, made)
    with second(tmp_path, uri) as server:
        assert look(server, made) == seen
        client = mlflow.MlflowClient(server.url)
        client.log_metric(client.create_run(made["experiment"]).info.run_id, "more", 1)
        client.create_registered_model("another")
        assert client.create_model_version("another", "s3://b/m").version == "1"
    with first(tmp_path, uri) as server:
        again = look(server, made)
        assert [m["name"] for m in again.pop("registered")] == ["another", "rm"]
        seen.pop("registered")
        assert again == seen
        assert mlflow.MlflowClient(server.url).create_model_version("rm", "s3://b/m").version == "4"
        assert len(mlflow.MlflowClient(server.url).search_runs([made["experiment"]])) == 2


def test_our_schema_is_the_one_that_official_migrations_make(tmp_path, database, uri):
    theirs = database.create("schema_of_official")
    subprocess.run([OFFICIAL, "db", "upgrade", theirs], check=True, capture_output=True)
    with millrace(tmp_path, uri):
        pass
    ours, official_schema = database.schema(name_of(uri)), database.schema("schema_of_official")
    assert len(ours) > 800
    assert ours == official_schema
    for rows in ("SELECT version_num FROM alembic_version", "SELECT * FROM workspaces"):
        assert database.query(rows, name_of(uri)) == database.query(rows, "schema_of_official")


def test_searches_filter_and_order(tmp_path, uri):
    check_searches(tmp_path, uri)


def check_searches(tmp_path, uri):
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        experiment = client.create_experiment("searches")
        runs = []
        for i in range(12):
            run = client.create_run(experiment, run_name=f"Run_{i}", tags={"even": str(i % 2 == 0), "p:x": "a\\b"}).info.run_id
            metrics = [Metric("m", float("nan") if i == 11 else i % 5, 1, 0)] if i != 10 else []
            client.log_batch(run, metrics=metrics, params=[Param("p", f"v{i}")])
            runs.append(run)

        def found(filter_string="", order_by=None, **arguments):
            return [runs.index(r.info.run_id) for r in client.search_runs([experiment], filter_string, order_by=order_by, **arguments)]

        assert found(order_by=["metrics.m DESC", "attributes.run_name ASC"])[:2] == [4, 9]
        assert found(order_by=["metrics.m ASC"])[-2:] == [11, 10]
        assert sorted(found("metrics.m > 3")) == [4, 9]
        assert sorted(found("metrics.m != 4")) == [0, 1, 2, 3, 5, 6, 7, 8, 11]
        assert found("params.p = 'v3' and tags.even = 'False'") == [3]
        assert found("attributes.run_name LIKE 'Run\\_%'") == []
        assert len(found("attributes.run_name LIKE 'Run__'")) == 10
        assert found("attributes.run_name LIKE 'run_1'") == []
        assert found("attributes.run_name ILIKE 'run_1'") == [1]
        assert len(found("tags.`p:x` LIKE 'a\\b'")) == 12
        assert found(f"attributes.run_id IN ('{runs[2]}', '{runs[7]}')", ["attributes.start_time ASC"]) == [2, 7]
        pages, token = [], None
        while True:
            page = client.search_runs([experiment], order_by=["metrics.m DESC"], max_results=5, page_token=token)
            pages += [runs.index(r.info.run_id) for r in page]
            token = page.token
            if not token:
                break
        assert sorted(pages) == list(range(12)) and pages == found(order_by=["metrics.m DESC"])


def test_sixteen_writers_of_the_same_metrics_do_not_get_in_each_others_way(tmp_path, database, uri):
    batches, keys = 12, [f"m{i}" for i in range(50)]
    with millrace(tmp_path, uri) as server, millrace(tmp_path, uri) as other:
        clients = [mlflow.MlflowClient(server.url), mlflow.MlflowClient(other.url)]
        run = clients[0].create_run("0").info.run_id

        def write(writer):
            order = keys if writer % 2 else list(reversed(keys))
            for step in range(batches):
                metrics = [Metric(key, writer, step, step) for key in order]
                clients[writer % 2 if step % 2 else 0].log_batch(run, metrics, [], [RunTag(k, str(writer)) for k in order])

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for done in [pool.submit(write, writer) for writer in range(16)]:
                done.result()
        latest = clients[0].get_run(run).data.metrics
        assert latest == {key: 15 for key in keys}
        assert len(clients[0].get_metric_history(run, "m0")) == 16 * batches
        count = database.query("SELECT count(*) FROM metrics", name_of(uri))
        assert count == [[str(16 * batches * len(keys))]]


def test_metrics_of_runs_that_may_not_be_written_are_refused_beside_others_that_are_kept(tmp_path, uri):
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        good, deleted = (client.create_run("0").info.run_id for _ in range(2))
        client.delete_run(deleted)
        runs = [good, good, deleted, "f" * 32]

        def log(i):
            metric = {"run_id": runs[i % 4], "key": f"m{i}", "value": i, "timestamp": i, "step": i}
            return server.api("POST", "runs/log-metric", json=metric)

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(log, range(256)))
        told = [(a.status_code, a.json().get("error_code")) for a in answers]
        assert told == [(200, None), (200, None), (400, "INVALID_PARAMETER_VALUE"), (404, "RESOURCE_DOES_NOT_EXIST")] * 64
        assert deleted in answers[2].json()["message"] and "active" in answers[2].json()["message"]
        assert set(client.get_run(good).data.metrics) == {f"m{i}" for i in range(256) if i % 4 < 2}
        client.restore_run(deleted)
        assert client.get_run(deleted).data.metrics == {}


def point(key, value, step):
    return {"key": key, "value": value, "timestamp": 1_700_000_000_000 + step, "step": step}


def test_points_that_come_again_are_kept_once_beside_new_ones(tmp_path, uri):
    with millrace(tmp_path, uri) as first, millrace(tmp_path, uri) as second:
        client = mlflow.MlflowClient(first.url)
        run = client.create_run("0").info.run_id

        def log(i):
            steps = [i // 4, 1000 + i]  # the first comes four times, at both servers
            body = {"run_id": run, "metrics": [point("m", step, step) for step in steps]}
            return (first, second)[i % 2].api("POST", "runs/log-batch", json=body)

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(log, range(256)))
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers if a.status_code != 200]
        history = [(m.step, m.value) for m in client.get_metric_history(run, "m")]
        assert sorted(history) == [(step, step) for step in (*range(64), *range(1000, 1256))]
        assert client.get_run(run).data.metrics == {"m": 1255}


def test_a_batch_of_a_thousand_points_reads_back_as_it_was_written(tmp_path, uri):
    values = [0, -0.1, 1e-300, 1.7e308, 1 / 3, "Infinity", "-Infinity"]
    points = [point(f"Größe/{i % 10} x.y-z", values[i % len(values)], i - 500) for i in range(990)]
    points += [point("not a number", "NaN", step) for step in range(10)]
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        run, other, deleted = (client.create_run("0").info.run_id for _ in range(3))
        client.delete_run(deleted)
        body = {"run_id": run, "metrics": points}
        assert server.api("POST", "runs/log-batch", json=body).json() == {}
        body = {"run_id": other, "metrics": points[:900], "params": [{"key": "p", "value": "a\tb\\N"}], "tags": [{"key": "t", "value": "\\."}]}
        assert server.api("POST", "runs/log-batch", json=body).json() == {}
        refused = [server.api("POST", "runs/log-batch", json={"run_id": id, "metrics": points}) for id in (deleted, "f" * 32)]
        assert [a.json()["error_code"] for a in refused] == ["INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"]

        for key in {p["key"] for p in points if p["value"] != "NaN"}:
            wanted = [(p["step"], p["timestamp"], float(p["value"])) for p in points if p["key"] == key]
            assert sorted((m.step, m.timestamp, m.value) for m in client.get_metric_history(run, key)) == wanted
            assert client.get_run(run).data.metrics[key] == wanted[-1][2]
        assert [m.value != m.value for m in client.get_metric_history(run, "not a number")] == [True] * 10
        data = client.get_run(other).data
        assert (data.params, data.tags["t"], len(data.metrics)) == ({"p": "a\tb\\N"}, "\\.", 10)


def test_batches_whose_points_others_write_too_are_kept_once(tmp_path, uri):
    with millrace(tmp_path, uri) as first, millrace(tmp_path, uri) as second:
        client = mlflow.MlflowClient(first.url)
        run = client.create_run("0").info.run_id

        def log(i):
            # Half of each batch is in the next one too, and its first point comes twice.
            steps = [500 * (i // 2), *range(500 * (i // 2), 500 * (i // 2) + 999)]
            body = {"run_id": run, "metrics": [point("m", step, step) for step in steps]}
            return (first, second)[i % 2].api("POST", "runs/log-batch", json=body)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(log, range(24)))
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers if a.status_code != 200]
        assert sorted(m.step for m in client.get_metric_history(run, "m")) == list(range(500 * 11 + 999))
        assert client.get_run(run).data.metrics == {"m": 500 * 11 + 998}


def test_of_many_who_create_the_same_thing_exactly_one_wins(tmp_path, uri):
    with millrace(tmp_path, uri) as first, millrace(tmp_path, uri) as second:
        servers = [first, second] * 8
        for round_number in range(5):
            name = f"wanted {round_number}"

            def create(server, name=name):
                return server.api("POST", "experiments/create", json={"name": name})

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(create, servers))
            assert sorted(a.status_code for a in answers) == [200] + [400] * 15
            assert {a.json()["error_code"] for a in answers if a.status_code != 200} == {"RESOURCE_ALREADY_EXISTS"}
        mlflow.MlflowClient(first.url).create_registered_model("model")

        def add_version(server):
            return server.api("POST", "model-versions/create", json={"name": "model", "source": "s3://b/m"})

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            versions = [a.json()["model_version"]["version"] for a in pool.map(add_version, servers)]
        assert sorted(versions, key=int) == [str(i) for i in range(1, 17)]


def test_a_param_gets_one_value_whichever_server_is_asked(tmp_path, uri):
    with millrace(tmp_path, uri) as first, millrace(tmp_path, uri) as second:
        client = mlflow.MlflowClient(first.url)
        run = client.create_run("0").info.run_id
        for i in range(10):
            body = {"run_id": run, "key": f"p{i}"}

            def log(task, body=body):
                server, value = task
                return server.api("POST", "runs/log-parameter", json={**body, "value": value}).status_code

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                tasks = [((first, second)[n % 2], str(n)) for n in range(8)]
                codes = list(pool.map(log, tasks))
            assert codes.count(200) == 1 and codes.count(400) == 7
            winner = tasks[codes.index(200)][1]
            assert client.get_run(run).data.params[f"p{i}"] == winner


def test_two_servers_make_the_schema_of_one_new_database(tmp_path, uri):
    first, second = millrace(tmp_path, uri), millrace(tmp_path, uri)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: server.start(), (first, second)))
    try:
        for server in (first, second):
            assert server.api("GET", "experiments/get", params={"experiment_id": "0"}).status_code == 200
    finally:
        first.stop()
        second.stop()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_database_that_restarts_loses_nothing_acknowledged_and_is_found_again(tmp_path, database, mode):
    with type(database)() as own, millrace(tmp_path, own.create("restart")) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        acknowledged, refused, over = [set() for _ in range(4)], [], threading.Event()

        def write(writer):
            for step in range(1_000_000):
                if over.is_set():
                    return
                answer = server.api("POST", "runs/log-metric", json={
                    "run_id": run, "key": f"m{writer}", "value": step, "timestamp": 1, "step": step})
                if answer.status_code == 200:
                    acknowledged[writer].add(step)
                else:
                    refused.append((answer.status_code, answer.json()["message"]))
                    time.sleep(0.01)

        def wait_for_writes():
            before = [len(steps) for steps in acknowledged]
            deadline = time.monotonic() + 30
            while any(len(steps) < count + 20 for steps, count in zip(acknowledged, before)):
                assert time.monotonic() < deadline, refused[-3:]
                time.sleep(0.01)

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(2):
                wait_for_writes()
                own.stop(mode)
                unavailable = server.api("GET", "runs/get", params={"run_id": run})
                assert unavailable.status_code == 503, unavailable.text
                assert PASSWORD not in unavailable.text
                own.start()
            wait_for_writes()
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert refused and {code for code, _ in refused} == {503}, refused[:3]
        for writer, steps in enumerate(acknowledged):
            kept = {m.step for m in client.get_metric_history(run, f"m{writer}")}
            assert steps <= kept
        assert PASSWORD not in server.log_text()


def test_a_connection_that_the_database_ends_is_made_anew_unseen(tmp_path, database, uri):
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        for step in range(5):
            database.end_connections(name_of(uri))
            assert client.get_run(run).info.status == "RUNNING"
            client.log_metric(run, "m", step, step=step)
        assert len(client.get_metric_history(run, "m")) == 5


def test_an_import_leaves_out_alone_what_the_database_will_not_have(tmp_path, uri, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    root = tmp_path / "mlruns"
    files = mlflow.MlflowClient(tracking_uri=str(root), registry_uri=str(root))
    experiment = files.create_experiment("imported")
    runs = [files.create_run(experiment, tags={"t": str(number)}).info.run_id for number in range(5)]
    for number, run in enumerate(runs):
        files.log_param(run, "p", number)
        files.log_metric(run, "m", number, step=1)
    (root / experiment / runs[0] / "metrics" / "long").write_text("".join(f"{i} {i / 2} {i}\n" for i in range(12_000)))
    (root / experiment / runs[0] / "metrics" / "hole").write_text("1 nan 7\n1 nan 7\n2 1.5 3\n")
    (root / experiment / runs[2] / "params" / "p").write_text("x" * 9000)
    command = [MillraceServer(tmp_path).command()[0], "import", str(root), "--to", uri]
    done = subprocess.run(command, capture_output=True, text=True)
    assert PASSWORD not in done.stdout + done.stderr
    assert done.returncode == 1 and "runs: 5 found, 4 imported" in done.stdout and runs[2] in done.stderr, done.stdout + done.stderr
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        target = client.get_experiment_by_name("imported").experiment_id
        kept = {run.info.run_id: run.data for run in client.search_runs([target])}
        assert set(kept) == set(runs) - {runs[2]}
        assert all((kept[run].params["p"], kept[run].metrics["m"], kept[run].tags["t"]) == (str(n), n, str(n)) for n, run in enumerate(runs) if n != 2)
        assert [m.value for m in client.get_metric_history(runs[0], "long")] == [i / 2 for i in range(12_000)]
        assert kept[runs[0]].metrics["long"] == 11_999 / 2 and str(kept[runs[0]].metrics["hole"]) == "nan"
        assert len(client.get_metric_history(runs[0], "hole")) == 2
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 1 and "runs: 5 found, 0 imported, 4 in the database already" in again.stdout, again.stdout


def told(folder, uri):
    with pytest.raises(RuntimeError) as refused:
        millrace(folder, uri).start()
    text = str(refused.value).replace('\\"', '"')
    assert PASSWORD not in text and "s3cr3t" not in text
    return text


def test_a_database_of_another_revision_is_refused(tmp_path, database, uri):
    with millrace(tmp_path, uri):
        pass
    database.query("UPDATE alembic_version SET version_num = 'acf3f17fdcc7'", name_of(uri))
    text = told(tmp_path, uri)
    assert "acf3f17fdcc7" in text and "dc11669786a5" in text


def test_the_registry_may_have_a_database_of_its_own(tmp_path, database, uri):
    server = MillraceServer(tmp_path, "--registry-store-uri", uri)
    with server:
        client = mlflow.MlflowClient(server.url)
        client.create_registered_model("m")
        with pytest.raises(MlflowException, match="already exists"):
            client.create_registered_model("m")
        assert requests.get(f"{server.url}/health?verbose", timeout=10).status_code == 200
    assert database.query("SELECT name FROM registered_models", name_of(uri)) == [["m"]]

"""Folders in MLflow's layout: what the official file store wrote we show, and the other way; index, import."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.parse

import pytest
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric, ViewType,
)

from servers import ROOT, MillraceServer

OWN = ".millrace-index.trash"
BINARY = os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace"))
SLOW = float(os.environ.get("MILLRACE_SLOW", "3"))  # how much longer than on a quiet machine things may take


@pytest.fixture(autouse=True)
def official_file_store_is_allowed(monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")  # a client must not find what others cached
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")


def serve(folder, root, *flags):
    return MillraceServer(folder, "--backend-store-uri", str(root), *flags)


def client_of(uri):
    return MlflowClient(tracking_uri=str(uri), registry_uri=str(uri))


def fill(client, name):
    """Writes one of everything; returns the ids of experiment and run."""
    experiment = client.create_experiment(name, tags={"a/b": "x"})
    run = client.create_run(experiment, tags={"t": "many\nlines 'q' \"d\"", "n/s": "ü"}).info.run_id
    model = client.create_logged_model(
        experiment, name="lm", source_run_id=run, params={"lp": "1"}, tags={"lt": "2"}, model_type="x")
    client.log_param(run, "p/q", "v")
    client.log_metric(run, "m/x", float("nan"), step=3)
    client.log_metric(run, "m/x", float("-inf"), step=4)
    client.log_metric(run, "acc", 1e-9, step=5)
    client.log_batch(run, metrics=[Metric("loss", 0.5, 1700000000000, 7, model_id=model.model_id)])
    dataset = Dataset("ds", "abc", "local", "src", "{}", "prof")
    client.log_inputs(
        run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "train")])], [LoggedModelInput(model.model_id)])
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 4)])
    client.finalize_logged_model(model.model_id, "READY")
    client.set_terminated(run)
    client.delete_run(client.create_run(experiment).info.run_id)
    gone = client.create_experiment(name + " gone")
    client.create_run(gone)
    client.delete_experiment(gone)
    client.create_registered_model(name, tags={"k": "v"}, description="d: 'q'\nline")
    client.create_model_version(name, "s3://b/x", run_id=run, tags={"vt": "1"}, description="d")
    client.set_registered_model_alias(name, "champ", "1")
    client.create_model_version(name, "s3://b/y")
    client.delete_model_version(name, "2")
    return experiment, run


def seen(uri):
    """All that a client sees."""
    client = client_of(uri)
    found = {}
    for e in client.search_experiments(view_type=ViewType.ALL):
        found["experiment", e.name] = (e.lifecycle_stage, e.artifact_location, e.creation_time, sorted(e.tags.items()))
        for r in client.search_runs([e.experiment_id], run_view_type=ViewType.ALL, max_results=50000):
            found["run", r.info.run_id] = (
                r.info.run_name, r.info.status, r.info.start_time, r.info.end_time, r.info.lifecycle_stage,
                r.info.artifact_uri, sorted((k, repr(v)) for k, v in r.data.metrics.items()),
                sorted(r.data.params.items()), sorted(r.data.tags.items()),
                sorted(str((d.dataset.to_dictionary(), [(t.key, t.value) for t in d.tags]))
                       for d in r.inputs.dataset_inputs),
                [m.model_id for m in r.inputs.model_inputs], [(m.model_id, m.step) for m in r.outputs.model_outputs])
            for key in r.data.metrics:
                found["history", r.info.run_id, key] = sorted(
                    (m.timestamp, m.step, repr(m.value)) for m in client.get_metric_history(r.info.run_id, key))
        for m in client.search_logged_models([e.experiment_id]):
            found["logged model", m.model_id] = (
                m.name, m.artifact_location, m.creation_timestamp, str(m.status), m.model_type, m.source_run_id,
                sorted(m.tags.items()), sorted(m.params.items()),
                sorted((x.key, x.value, x.step, x.run_id) for x in m.metrics or []))
    for m in client.search_registered_models():
        m = client.get_registered_model(m.name)
        found["model", m.name] = (m.description, m.creation_timestamp, sorted(m.tags.items()),
                                  sorted((a, int(v)) for a, v in m.aliases.items()))
        v = client.get_model_version(m.name, "1")
        found["version", m.name] = (v.description, v.source, v.run_id, v.status, v.current_stage, sorted(v.tags.items()))
    return found


def wait_for(what, seconds=20):
    deadline = time.monotonic() + seconds * SLOW
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def test_what_the_official_file_store_wrote_is_shown_and_the_other_way(tmp_path):
    root = tmp_path / "mlruns"
    fill(client_of(root), "by official")
    with serve(tmp_path, root) as server:
        assert seen(server.url) == seen(root)
        experiment, run = fill(client_of(server.url), "by us")
        ours = seen(server.url)
        assert {key for key in ours if "by us" in key} and ours == seen(root)
        # Both go on where the other left.
        client_of(root).log_metric(run, "acc", 2.0, step=9)
        assert client_of(server.url).get_run(run).data.metrics["acc"] == 2.0
        client_of(server.url).log_metric(run, "acc", 3.0, step=10)
        assert client_of(root).get_run(run).data.metrics["acc"] == 3.0


@pytest.mark.parametrize("name, uri", [
    ("mlruns", lambda path: "./mlruns"),
    ("with space 100%25", lambda path: str(path)),
    ("with space 100%", lambda path: "file://" + urllib.parse.quote(str(path))),
    ("mlruns", lambda path: "file:" + str(path)),
])
def test_paths_and_file_uris_name_the_folder(tmp_path, name, uri):
    root = tmp_path / name
    experiment = client_of("file://" + urllib.parse.quote(str(root))).create_experiment("here")
    with serve(tmp_path, uri(root)) as server:
        assert client_of(server.url).get_experiment(experiment).name == "here"


def test_the_index_is_made_anew_when_it_is_missing_or_damaged(tmp_path):
    root = tmp_path / "mlruns"
    fill(client_of(root), "e")
    with serve(tmp_path, root) as server:
        before = seen(server.url)
    index = next((root / OWN).glob("index-*.db"))
    for spoil in (lambda: shutil.rmtree(root / OWN), lambda: index.write_bytes(b"no database" * 1000),
                  lambda: index.write_bytes(index.read_bytes()[:20000])):
        spoil()
        with serve(tmp_path, root) as server:
            assert seen(server.url) == before


def test_what_others_change_is_noticed(tmp_path):
    root = tmp_path / "mlruns"
    official = client_of(root)
    experiment, run = fill(official, "e")
    with serve(tmp_path, root) as server:
        ours = client_of(server.url)
        assert len(ours.search_runs([experiment])) == 1
        new = official.create_run(experiment).info.run_id
        wait_for(lambda: new in [r.info.run_id for r in ours.search_runs([experiment])])
        official.log_metric(new, "acc", 7.0)
        wait_for(lambda: ours.search_runs([experiment], "metrics.acc = 7"))
        official.set_tag(run, "t", "changed in place")
        assert ours.get_run(run).data.tags["t"] == "changed in place"
        wait_for(lambda: ours.search_runs([experiment], "tags.t = 'changed in place'"))
        official.delete_experiment(experiment)
        wait_for(lambda: ours.get_experiment(experiment).lifecycle_stage == "deleted")
        shutil.rmtree(root / ".trash" / experiment)
        wait_for(lambda: "e" not in [e.name for e in ours.search_experiments(view_type=ViewType.ALL)])


def tree(root):
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(root.rglob("*"))}


def test_read_only_changes_nothing_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "mlruns"
    experiment, run = fill(client_of(root), "e")
    before, shown = tree(root), seen(root)
    with serve(tmp_path, root, "--read-only") as server:
        assert seen(server.url) == shown
        for path, body in {
            "runs/create": {"experiment_id": experiment}, "runs/log-metric": {
                "run_id": run, "key": "k", "value": 1, "timestamp": 1}, "experiments/create": {"name": "x"},
            "registered-models/create": {"name": "x"}, "experiments/delete": {"experiment_id": experiment},
        }.items():
            answer = server.api("POST", path, json=body)
            assert answer.status_code == 403 and "--read-only" in answer.json()["message"]
    assert tree(root) == before
    with MillraceServer(tmp_path, "--backend-store-uri", "sqlite:///m.db"):
        pass
    with MillraceServer(tmp_path, "--backend-store-uri", "sqlite:///m.db", "--read-only") as server:
        assert server.api("POST", "experiments/create", json={"name": "x"}).status_code == 403
        assert server.api("GET", "experiments/get?experiment_id=0").status_code == 200


def test_hostile_folders_are_left_out_with_a_message(tmp_path):
    root = tmp_path / "mlruns"
    experiment, run = fill(client_of(root), "e")
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    here = root / experiment
    (here / run / "tags" / "link").symlink_to(secret)
    (here / run / "params" / "huge").write_bytes(b"x" * (2 << 20))
    (here / run / "params" / "latin").write_bytes(b"\xe9")
    with open(here / run / "metrics" / "acc", "a") as file:
        file.write("no metric\n1700000000000 0.25 8\n17000000000")
    for name, text in {"a" * 32: "[", "b" * 32: "{a: " * 3000, "c" * 32: (here / run / "meta.yaml").read_text(),
                       "d" * 32: "", "e" * 32: "run_id: " + "e" * 32 + "\nexperiment_id: '../x'\n"}.items():
        (here / name).mkdir()
        (here / name / "meta.yaml").write_text(text)
    (root / "77").symlink_to(tmp_path)
    (root / "88").mkdir()
    os.mkfifo(root / "88" / "meta.yaml")
    evil = (here / run / "meta.yaml").read_text()
    (here / run / "meta.yaml").write_text(re.sub("artifact_uri:.*", "artifact_uri: /etc", evil))
    with serve(tmp_path, root) as server:
        client = client_of(server.url)
        assert [r.info.run_id for r in client.search_runs([experiment])] == [run]
        found = client.get_run(run)
        assert "top secret" not in found.data.tags.values() and set(found.data.params) == {"p/q"}
        assert found.data.metrics["acc"] == 0.25
        assert "passwd" not in [f.path for f in client.list_artifacts(run)]
        assert found.info.artifact_uri.endswith(f"mlruns/{experiment}/{run}/artifacts")
        log = server.log_text()
        for name in ("tags/link", "params/huge", "params/latin", "metrics/acc", "a" * 32, "b" * 32, "c" * 32, "d" * 32,
                     "e" * 32):
            assert name in log, name
        # Names that would lead elsewhere are refused before they reach a path.
        assert server.api("POST", "runs/set-tag", json={"run_id": run, "key": "../../x", "value": "v"}).status_code == 400
        assert server.api("GET", "runs/get?run_id=../" + run).status_code in (400, 404)


def make_runs(root, count):
    """A folder as the official store writes it, without its time."""
    experiment = root / "1"
    experiment.mkdir(parents=True)
    (experiment / "meta.yaml").write_text(
        f"artifact_location: {experiment}\nexperiment_id: '1'\nlifecycle_stage: active\nname: many\n")
    for i in range(count):
        run = experiment / f"{i:032x}"
        for name in ("artifacts", "metrics", "params", "tags"):
            (run / name).mkdir(parents=True)
        (run / "meta.yaml").write_text(
            f"artifact_uri: {run}/artifacts\nend_time: {i + 5}\nentry_point_name: ''\nexperiment_id: '1'\n"
            f"lifecycle_stage: active\nrun_id: {i:032x}\nrun_name: r{i}\nrun_uuid: {i:032x}\nsource_name: ''\n"
            f"source_type: 4\nsource_version: ''\nstart_time: {i}\nstatus: 3\ntags: []\nuser_id: me\n")
        (run / "metrics" / "acc").write_text(f"{i} {i * 7919 % count} 0\n{i + 1} {i * 7919 % count}.5 1\n")
        (run / "params" / "lr").write_text(str(i % 10))
        (run / "tags" / "mlflow.runName").write_text(f"r{i}")


@pytest.fixture
def ten_thousand_runs(tmp_path):
    """A folder of them; removed at once, since pytest would keep 70,000 files and have a later run clean up."""
    make_runs(tmp_path / "mlruns", 10_000)
    yield tmp_path / "mlruns"
    shutil.rmtree(tmp_path / "mlruns")


def test_ten_thousand_runs_are_listed_within_a_second(tmp_path, ten_thousand_runs):
    began = time.monotonic()
    with serve(tmp_path, ten_thousand_runs) as server:
        print(f"first start {time.monotonic() - began:.1f} s")
        body = {"experiment_ids": ["1"], "max_results": 1000, "filter": "params.lr = '3'",
                "order_by": ["metrics.acc DESC"]}
        times = []
        for _ in range(5):
            time.sleep(1.1)  # so that the folder is looked at again each time
            began = time.monotonic()
            answer = server.api("POST", "runs/search", json=body)
            times.append(time.monotonic() - began)
            values = [run["data"]["metrics"][0]["value"] for run in answer.json()["runs"]]
            assert len(values) == 1000 and values == sorted(values, reverse=True)
        print("searches", [round(t, 3) for t in times])
        assert min(times) < SLOW
    began = time.monotonic()
    with serve(tmp_path, tmp_path / "mlruns"):
        print(f"second start {time.monotonic() - began:.1f} s")


def import_command(*arguments):
    return [BINARY, "import", *map(str, arguments)]


def rows(database, *tables):
    with sqlite3.connect(database) as connection:
        return {t: sorted(connection.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in tables}


def test_import_copies_everything_and_twice_is_once(tmp_path):
    root, target = tmp_path / "mlruns", tmp_path / "m.db"
    fill(client_of(root), "e")
    dry = subprocess.run(import_command(root, "--to", f"sqlite:///{target}", "--dry-run"), capture_output=True, text=True)
    assert dry.returncode == 0 and "runs: 3 found, 3 could be imported" in dry.stdout and not target.exists()
    done = subprocess.run(import_command(root, "--to", f"sqlite:///{target}"), capture_output=True, text=True)
    assert done.returncode == 0 and "runs: 3 found, 3 imported" in done.stdout, done.stderr
    tables = ("experiments", "runs", "metrics", "latest_metrics", "params", "tags", "inputs", "input_tags", "datasets",
              "logged_models", "logged_model_metrics", "registered_models", "model_versions", "registered_model_aliases")
    before = rows(target, *tables)
    again = subprocess.run(import_command(root, "--to", f"sqlite:///{target}"), capture_output=True, text=True)
    assert again.returncode == 0 and "runs: 3 found, 0 imported, 3 in the database already" in again.stdout
    assert rows(target, *tables) == before
    expected = seen(root)
    with MillraceServer(tmp_path, "--backend-store-uri", f"sqlite:///{target}") as server:
        found = seen(server.url)
    for both in (expected, found):
        both.pop(("experiment", "Default"))  # the database came with one of its own
    assert found == expected
    wrong = subprocess.run(import_command(root, "--to", "nowhere://user:hunter2@h/x"), capture_output=True, text=True)
    assert wrong.returncode == 2 and "hunter2" not in wrong.stderr


def test_an_import_that_is_killed_goes_on_where_it_ended(tmp_path):
    make_runs(tmp_path / "mlruns", 3000)
    target = tmp_path / "m.db"
    command = import_command(tmp_path / "mlruns", "--to", f"sqlite:///{target}")

    def count():
        try:
            with sqlite3.connect(f"file:{target}?mode=ro", uri=True) as connection:
                return connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        except sqlite3.Error:
            return 0

    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: count() > 50 or process.poll() is not None, 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < count() < 3000
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "in the database already" in done.stdout, done.stderr
    with sqlite3.connect(target) as connection:
        for table, number in {"runs": 3000, "metrics": 6000, "latest_metrics": 3000, "params": 3000, "tags": 3000}.items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == number

"""`millrace db check` and `millrace db stats` on databases that are well and such that are not."""

import json
import sqlite3
import subprocess

import pytest
from mariadb import MariadbServer
from mlflow import MlflowClient
from mlflow.entities import Metric
from postgres import PostgresServer
from test_upgrade import MILLRACE, upgrade


class SqliteFiles:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def create(self, name):
        return f"sqlite:///{self.folder}/{name}.db"

    def query(self, sql, name):
        with sqlite3.connect(self.folder / f"{name}.db") as database:
            return database.execute(sql).fetchall()


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def databases(request, tmp_path_factory):
    kinds = {"sqlite": lambda: SqliteFiles(tmp_path_factory.mktemp("files")), "postgresql": PostgresServer, "mariadb": MariadbServer}
    with kinds[request.param]() as running:
        yield running


@pytest.fixture(scope="module")
def uri(databases):
    uri = databases.create("looked_at")
    upgrade(uri)
    client = MlflowClient(uri, uri)
    experiment = client.create_experiment("e")
    for number in range(3):
        run = client.create_run(experiment).info.run_id
        client.log_batch(run, [Metric("m", value, 1, step) for step, value in enumerate((1.0, float("nan"), float("inf")))])
        client.log_param(run, "p", "v")
        if number == 2:
            client.delete_run(run)
    client.create_registered_model("rm")
    client.create_model_version("rm", "s3://b/m")
    return uri


def run(*words):
    return subprocess.run([MILLRACE, "db", *words], capture_output=True, text=True)


def test_what_is_in_a_database_is_counted(uri):
    done = run("stats", uri, "--json")
    assert done.returncode == 0, done.stderr
    stats = json.loads(done.stdout)
    tables = {table["table"]: table["rows"] for table in stats["tables"]}
    assert (tables["runs"], tables["metrics"], tables["params"], tables["model_versions"]) == (3, 9, 3, 1)
    [one] = [found for found in stats["experiments"] if found["name"] == "e"]
    assert (one["active_runs"], one["deleted_runs"], one["metric_points"], one["params"]) == (2, 1, 9, 3)
    assert stats["bytes"] > 0
    assert "metric points" in run("stats", uri).stdout


def test_a_database_that_is_well_has_no_faults(uri):
    for flags in ([], ["--registry"]):
        done = run("check", uri, *flags)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "is well" in done.stdout and "fault" not in done.stdout


FAULTS = [
    ("UPDATE latest_metrics SET step = 1", "have a later one"),
    ("UPDATE latest_metrics SET step = 99", "never logged"),
    ("DELETE FROM latest_metrics", "without a latest point"),
    ("INSERT INTO registered_model_aliases(alias, version, name) VALUES ('a', 9, 'rm')", "aliases of versions"),
    ("DROP INDEX index_trace_info_timestamp_ms_request_id {on}", "index_trace_info_timestamp_ms_request_id"),
    ("DROP TABLE sql_trace_rollup_rebuild_queue", "table sql_trace_rollup_rebuild_queue is missing"),
    ("ALTER TABLE jobs DROP COLUMN creator", "lacks columns: creator"),
    ("UPDATE alembic_version SET version_num = '97727af70f4d'", "97727af70f4d"),
]


def test_each_fault_is_found(databases):
    uri = databases.create("faulty")
    upgrade(uri)
    client = MlflowClient(uri, uri)
    client.log_batch(client.create_run(client.create_experiment("e")).info.run_id, [Metric("m", 1.0, 1, step) for step in (1, 2)])
    client.create_registered_model("rm")
    on = "ON trace_info" if uri.startswith("mysql") else ""
    for statement, words in FAULTS:
        databases.query(statement.format(on=on), "faulty")
        done = run("check", uri, "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 1 and not report["well"], (statement, report)
        assert any(words in one["text"] and one["weight"] == "fault" for one in report["findings"]), (statement, report)


def test_rows_without_their_parents_are_found(tmp_path):
    files = SqliteFiles(tmp_path)
    uri = files.create("orphans")
    upgrade(uri)
    files.query("INSERT INTO params(key, value, run_uuid) VALUES ('k', 'v', 'nobody')", "orphans")
    done = run("check", uri)
    assert done.returncode == 1 and "1 rows of params refer to runs that are not there, among them 'nobody'" in done.stdout
    assert run("check", uri, "--registry").returncode == 0


def test_databases_without_tables_and_files_that_are_not_there_are_told(databases, tmp_path):
    if not isinstance(databases, SqliteFiles):
        done = run("check", databases.create("empty"))
        assert done.returncode == 1 and "no tables of MLflow" in done.stdout
    done = run("check", f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 2 and "There is no database" in done.stderr
    assert not (tmp_path / "none.db").exists()

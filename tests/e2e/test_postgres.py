"""PostgreSQL as the database of the stores: what all are tested for, and what is its own."""

import concurrent.futures
import subprocess
import time

import mlflow
import pytest

from database_cases import *  # noqa: F403
from database_cases import millrace, name_of, told
from database_user import PASSWORD, USER
from postgres import PostgresServer
from servers import free_port


@pytest.fixture(scope="module")
def database():
    with PostgresServer() as server:
        yield server


def test_values_that_postgresql_cannot_keep_are_refused_and_harm_no_other_write(tmp_path, uri):
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        experiment = client.create_experiment("e")
        run = client.create_run(experiment).info.run_id
        refused = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "a\0b"})
        assert refused.status_code == 400, refused.text
        assert "code 0" in refused.json()["message"]

        def write(i):
            value = "a\0b" if i % 4 == 0 else "fine"
            return server.api("POST", "runs/set-tag", json={"run_id": run, "key": f"k{i}", "value": value}).status_code

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            codes = list(pool.map(write, range(64)))
        assert codes == [400 if i % 4 == 0 else 200 for i in range(64)]
        assert sum(key.startswith("k") for key in client.get_run(run).data.tags) == 48
        unknown = server.api("GET", "experiments/get", params={"experiment_id": "99999999999999"})
        assert unknown.status_code == 404, unknown.text


def test_what_keeps_a_server_from_its_database_is_told_without_the_password(tmp_path, database, uri):
    assert f'password authentication failed for user "{USER}"' in told(tmp_path, database.uri(name_of(uri), password="s3cr3t"))
    assert 'database "nowhere" does not exist' in told(tmp_path, database.uri("nowhere"))
    assert "Connection refused" in told(tmp_path, database.uri(name_of(uri), port=free_port()))
    assert "server does not support SSL" in told(tmp_path, uri + "?sslmode=require")
    assert "libpq does not know" in told(tmp_path, uri + "?pool_size=5")
    assert "port that is no number" in told(tmp_path, "postgresql://u:s3cr3t@h:port/d")


def test_options_reach_the_database(tmp_path, database, uri):
    database.query("CREATE SCHEMA ml", name_of(uri))
    with millrace(tmp_path, uri + "?options=-csearch_path%3Dml%20-cstatement_timeout%3D1234&application_name=mine"):
        rows = database.query(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'mine'", name_of(uri))
        assert rows == [["t"]]
    assert database.query("SELECT count(*) FROM ml.experiments", name_of(uri)) == [["1"]]


def test_a_statement_that_takes_too_long_is_ended(tmp_path, database, uri):
    with millrace(tmp_path, uri + "?options=-cstatement_timeout%3D500") as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        lock = subprocess.Popen(
            ["psql", "-X", "-h", "127.0.0.1", "-p", str(database.port), "-U", USER, name_of(uri), "-c",
             "BEGIN; LOCK TABLE tags; SELECT pg_notify('locked', ''); SELECT pg_sleep(60)"],
            env={"PGPASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL)
        try:
            held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'tags'::regclass"
            while database.query(held, name_of(uri)) == [["0"]]:
                time.sleep(0.02)
            slow = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "v"})
            assert slow.status_code == 504 and "time-out" in slow.text, slow.text
        finally:
            lock.kill()
            lock.wait()
            database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' "
                           "AND pid <> pg_backend_pid()")
        client.set_tag(run, "k", "v")
        assert client.get_run(run).data.tags["k"] == "v"

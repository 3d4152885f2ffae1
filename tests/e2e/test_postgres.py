"""PostgreSQL as the database of the stores: what all are tested for, and what is its own."""

import concurrent.futures
import contextlib
import subprocess

import mlflow
import pytest

from database_cases import *  # noqa: F403
from database_cases import millrace, name_of, point, told
from database_user import PASSWORD, USER
from postgres import PostgresServer
from servers import free_port, wait_until


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


@contextlib.contextmanager
def held(database, name, table):
    """Locks a table while it lasts."""
    lock = subprocess.Popen(
        ["psql", "-X", "-h", "127.0.0.1", "-p", str(database.port), "-U", USER, name, "-c",
         f"BEGIN; LOCK TABLE {table}; SELECT pg_sleep(60)"],
        env={"PGPASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL)
    try:
        is_held = f"SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = '{table}'::regclass"
        wait_until(lambda: database.query(is_held, name) != [["0"]])
        yield
    finally:
        lock.kill()
        lock.wait()
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' "
                       "AND pid <> pg_backend_pid()")


def thousand(run):
    return {"run_id": run, "metrics": [point(f"m{i % 10}", i, i) for i in range(1000)]}


def test_a_statement_that_takes_too_long_is_ended(tmp_path, database, uri):
    with millrace(tmp_path, uri + "?options=-cstatement_timeout%3D500") as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        with held(database, name_of(uri), "tags"):
            slow = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "v"})
            assert slow.status_code == 504 and "time-out" in slow.text, slow.text
        with held(database, name_of(uri), "metrics"):
            slow = server.api("POST", "runs/log-batch", json=thousand(run))
            assert slow.status_code == 504 and "time-out" in slow.text, slow.text
        client.set_tag(run, "k", "v")
        assert server.api("POST", "runs/log-batch", json=thousand(run)).status_code == 200
        data = client.get_run(run).data
        assert data.tags["k"] == "v" and len(data.metrics) == 10


def test_a_connection_that_ends_while_many_points_are_written_costs_none(tmp_path, database, uri):
    with millrace(tmp_path, uri) as server, concurrent.futures.ThreadPoolExecutor(1) as pool:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        with held(database, name_of(uri), "metrics"):
            answer = pool.submit(server.api, "POST", "runs/log-batch", json=thousand(run))
            # Many points go by COPY; what is sent here would be another statement otherwise.
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY metrics%'"
            wait_until(lambda: database.query(end, name_of(uri)) == [["t"]])
        assert answer.result().status_code == 200, answer.result().text
        assert len(client.get_metric_history(run, "m0")) == 100


def test_tables_that_take_no_copy_get_many_points_by_insert(tmp_path, database, uri):
    with millrace(tmp_path, uri):
        pass
    name = name_of(uri)
    database.query(f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain; "
                   "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain; ALTER TABLE metrics ENABLE ROW LEVEL SECURITY; "
                   "CREATE POLICY all_rows ON metrics USING (true)", name)
    with millrace(tmp_path, database.uri(name, user="plain")) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        answer = server.api("POST", "runs/log-batch", json=thousand(run))
        assert answer.status_code == 200, answer.text
        assert len(client.get_metric_history(run, "m9")) == 100

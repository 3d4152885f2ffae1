"""One database, both servers: what one wrote the other reads, and the schema stays MLflow's own."""

import shutil
import sqlite3
import subprocess
import sys

import mlflow
import pytest

from round_trip import fill, look
from servers import MillraceServer, MlflowServer


@pytest.mark.parametrize("first, second", [(MillraceServer, MlflowServer), (MlflowServer, MillraceServer)])
def test_what_one_server_wrote_the_other_reads_and_goes_on_with(tmp_path, first, second):
    with first(tmp_path) as server:
        made = fill(server)
        seen = look(server, made)
    with second(tmp_path) as server:
        assert look(server, made) == seen
        client = mlflow.MlflowClient(server.url)
        client.log_metric(client.create_run(made["experiment"]).info.run_id, "more", 1)
        client.create_registered_model("another")
        assert client.create_model_version("another", "s3://b/m").version == "1"
    with first(tmp_path) as server:
        again = look(server, made)
        assert [m["name"] for m in again.pop("registered")] == ["another", "rm"]
        seen.pop("registered")
        assert again == seen
        assert mlflow.MlflowClient(server.url).create_model_version("rm", "s3://b/m").version == "4"
        assert len(mlflow.MlflowClient(server.url).search_runs([made["experiment"]])) == 2


def schema(path):
    with sqlite3.connect(path) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = {table: database.execute(f"PRAGMA table_info('{table}')").fetchall() for table in tables}
        keys = {table: sorted(database.execute(f"PRAGMA foreign_key_list('{table}')").fetchall()) for table in tables}
        indexes = {row for row in database.execute(
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE 'millrace_%'")}
        revision = database.execute("SELECT version_num FROM alembic_version").fetchall()
    return columns, keys, indexes, revision


def test_our_schema_is_the_one_that_official_migrations_make(tmp_path):
    official = tmp_path / "official.db"
    mlflow_program = str(__import__("pathlib").Path(sys.executable).parent / "mlflow")
    subprocess.run([mlflow_program, "db", "upgrade", f"sqlite:///{official}"], check=True, capture_output=True)
    with MillraceServer(tmp_path):
        pass
    assert schema(tmp_path / "mlflow.db") == schema(official)


def test_a_database_of_another_revision_is_refused(tmp_path):
    with MillraceServer(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'acf3f17fdcc7'")
    with pytest.raises(RuntimeError, match="acf3f17fdcc7.*dc11669786a5"):
        MillraceServer(tmp_path).start()


def test_files_that_are_no_database_and_folders_that_are_not_there_are_told(tmp_path):
    (tmp_path / "mlflow.db").write_text("this is not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(RuntimeError, match="not an SQLite database"):
        MillraceServer(tmp_path).start()
    with pytest.raises(RuntimeError, match="no folder"):
        MillraceServer(tmp_path, "--backend-store-uri", "sqlite:///none/x.db").start()
    with pytest.raises(RuntimeError, match="oracle"):
        MillraceServer(tmp_path, "--backend-store-uri", "oracle://user:secret@db/x").start()
    assert "secret" not in (tmp_path / "server.log").read_text()


def test_two_servers_start_on_one_new_file(tmp_path):
    first, second = MillraceServer(tmp_path), MillraceServer(tmp_path)
    with first, second:
        for server in (first, second):
            assert server.api("GET", "experiments/get", params={"experiment_id": "0"}).status_code == 200
    shutil.rmtree(tmp_path, ignore_errors=True)

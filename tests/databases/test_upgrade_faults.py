"""Upgrades that are killed, run beside one another, or asked for what they cannot do."""

import concurrent.futures
import re
import shutil
import sqlite3
import subprocess

import database_dump
import pytest
from mariadb import MariadbServer
from postgres import PostgresServer
from servers import MillraceServer
from test_upgrade import HEAD, MILLRACE, TIMES, fill, upgrade


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    fill("2.0", f"sqlite:///{folder}/old.db", folder)
    with sqlite3.connect(folder / "old.db") as database:
        database.execute("CREATE INDEX mine ON params(value)")
        database.execute("ALTER TABLE params ADD COLUMN mine TEXT")
        database.execute("UPDATE params SET mine = key")
        database.execute("CREATE VIEW wide AS SELECT * FROM params WHERE key = 'width'")
    return folder / "old.db"


@pytest.fixture(scope="module")
def expected(old, tmp_path_factory):
    path = tmp_path_factory.mktemp("expected") / "new.db"
    shutil.copy(old, path)
    upgrade(f"sqlite:///{path}")
    return path


def kill_at(uri, mark):
    """Kills an upgrade when it has said that it begins the step with that name, or soon after."""
    with subprocess.Popen([MILLRACE, "db", "upgrade", uri], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if mark in line:
                break
        process.kill()


def state_of(path):
    return database_dump.sqlite_schema(path), database_dump.rows(f"sqlite:///{path}", TIMES)


def test_what_others_added_to_a_table_stays(expected):
    with sqlite3.connect(expected) as database:
        assert database.execute("SELECT DISTINCT mine FROM wide").fetchall() == [("width",)]
        assert database.execute("SELECT tbl_name FROM sqlite_master WHERE name = 'mine'").fetchall() == [("params",)]


@pytest.mark.parametrize("step", ["2d6e25af4d3e", "1b5f0d9ad7c1", "75868b020152", "Makes the indexes"])
def test_a_killed_upgrade_is_finished_by_the_next(old, expected, step, tmp_path):
    shutil.copy(old, tmp_path / "killed.db")
    uri = f"sqlite:///{tmp_path}/killed.db"
    kill_at(uri, step)
    upgrade(uri)
    assert state_of(tmp_path / "killed.db") == state_of(expected)


def test_two_upgrades_of_one_file_at_once_do_no_harm(old, expected, tmp_path):
    shutil.copy(old, tmp_path / "two.db")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(upgrade, [f"sqlite:///{tmp_path}/two.db"] * 2))
    assert state_of(tmp_path / "two.db") == state_of(expected)


def schema_of(server, database):
    """Without the numbers that rows had in between, and without the index that MariaDB makes for a foreign key by itself:
    it takes it away when there is one of ours that begins with the same column."""
    lines = [re.sub(r" AUTO_INCREMENT=\d+", "", line) for line in server.schema(database)]
    return [line for line in lines if line != "  KEY `experiment_id` (`experiment_id`)"]


@pytest.mark.parametrize("server_of", [PostgresServer, MariadbServer])
def test_killed_upgrades_of_servers_are_finished_by_the_next_two_at_once(server_of, tmp_path):
    with server_of() as server:
        uri = server.create("killed")
        fill("2.0", uri, tmp_path)
        before = database_dump.rows(uri)["metrics"]
        for step in ("7f2a7d5fae7d", "1bd49d398cd23", "1b5f0d9ad7c1", "75868b020152"):
            kill_at(uri, step)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            done = [one.stdout for one in pool.map(upgrade, [uri, uri])]
        assert sum("now: " in one for one in done) == 1, done
        server.create("fresh")
        upgrade(server.uri("fresh"))
        assert server.query("SELECT version_num FROM alembic_version", "killed") == [[HEAD]]
        assert schema_of(server, "killed") == schema_of(server, "fresh")
        assert database_dump.rows(uri)["metrics"] == before


def test_an_empty_database_gets_the_schema_and_no_experiment(tmp_path):
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert "without tables" in upgrade(uri).stdout
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert database.execute("SELECT COUNT(*) FROM experiments").fetchone() == (0,)
    with MillraceServer(tmp_path):
        pass


def test_a_server_refuses_an_older_database_and_names_the_command(old, tmp_path):
    shutil.copy(old, tmp_path / "mlflow.db")
    with pytest.raises(RuntimeError, match="97727af70f4d.*millrace db upgrade"):
        MillraceServer(tmp_path).start()


@pytest.mark.parametrize("revision", ["0123456789ab", "cc1f77228345"])
def test_unknown_revisions_are_refused_and_nothing_is_changed(old, revision, tmp_path):
    shutil.copy(old, tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    before = database_dump.sqlite_schema(tmp_path / "x.db")
    done = upgrade(f"sqlite:///{tmp_path}/x.db", status=2)
    assert revision in done.stderr and "Nothing was changed" in done.stderr
    assert database_dump.sqlite_schema(tmp_path / "x.db") == before


def test_bad_uris_are_told_without_their_password():
    sql_server = "mssql+pyodbc://u:hunter2@h/d?driver=x"
    for uri in (sql_server, "oracle://u:hunter2@h/d", "postgresql://u:hunter2@127.0.0.1:1/d", "mysql://u:hunter2@127.0.0.1:1/d"):
        done = upgrade(uri, status=2)
        assert "hunter2" not in done.stdout + done.stderr and done.stderr.startswith("millrace db upgrade: ")
    assert "mlflow db upgrade" in upgrade(sql_server, status=2).stderr

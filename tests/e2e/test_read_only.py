"""`--read-only` on an SQLite database that nobody may write, as on a mounted archive or in a colleague's folder."""

import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

import mlflow
import pytest

from round_trip import fill, look
from servers import MillraceServer, MlflowServer

# Root may write everywhere; without that right it is an owner like any other.
AS_ANYBODY = ("setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override") if os.geteuid() == 0 else ()


class Archive:
    """A folder whose database can be read and not written, with its contents as they were; a context manager."""

    def __init__(self, folder, mode):
        self.folder, self.mode = folder, mode

    def __enter__(self):
        for path in self.folder.glob("mlflow.db*"):
            path.chmod(0o444)
        self.folder.chmod(self.mode)
        self.before = self.contents()
        return self

    def __exit__(self, *_):
        self.folder.chmod(0o755)

    def contents(self):
        return {path.name: path.read_bytes() for path in self.folder.glob("mlflow.db*")}


def browser(folder, archive):
    """A server that only looks, in another folder."""
    return MillraceServer(folder, "--read-only", "--backend-store-uri", f"sqlite:///{archive}/mlflow.db",
                          "--artifacts-destination", str(archive / "mlartifacts"), wrapper=AS_ANYBODY)


@pytest.mark.parametrize("kind, mode", [(MillraceServer, 0o555), (MlflowServer, 0o555), (MillraceServer, 0o755)])
def test_what_was_written_is_shown_and_nothing_is_changed(tmp_path, kind, mode):
    archive = tmp_path / "a folder"
    archive.mkdir()
    with kind(archive, "--backend-store-uri", "sqlite:///mlflow.db") as server:
        made = fill(server)
        seen = look(server, made)
    (tmp_path / "browser").mkdir()
    with Archive(archive, mode) as kept, browser(tmp_path / "browser", archive) as server:
        assert look(server, made) == seen
        client = mlflow.MlflowClient(server.url)
        assert [r.info.run_id for r in client.search_runs([made["experiment"]], order_by=["metrics.m DESC"])] == [made["run"]]
        for path, body in (("runs/create", {"experiment_id": "0"}), ("registered-models/create", {"name": "x"})):
            refused = server.api("POST", path, json=body)
            assert refused.status_code == 403, refused.text
        now = kept.contents()
        assert {name: now[name] for name in kept.before} == kept.before
        assert set(now) - set(kept.before) <= {"mlflow.db-wal", "mlflow.db-shm"}


def test_a_database_that_somebody_writes_is_read_as_it_grows(tmp_path):
    (tmp_path / "writer").mkdir()
    (tmp_path / "browser").mkdir()
    with MillraceServer(tmp_path / "writer") as writer, browser(tmp_path / "browser", tmp_path / "writer") as server:
        for number in range(3):
            run = mlflow.MlflowClient(writer.url).create_run("0", run_name=str(number)).info.run_id
            assert mlflow.MlflowClient(server.url).get_run(run).info.run_name == str(number)


def test_what_cannot_be_read_without_a_repair_is_refused(tmp_path):
    (tmp_path / "browser").mkdir()
    archive = tmp_path / "archive"
    archive.mkdir()
    with MillraceServer(archive) as server:
        mlflow.MlflowClient(server.url).create_run("0")
        shutil.copy(archive / "mlflow.db", tmp_path / "copy.db")
        shutil.copy(archive / "mlflow.db-wal", tmp_path / "copy.db-wal")
    for path in archive.glob("mlflow.db*"):
        path.unlink()
    for name in ("copy.db", "copy.db-wal"):
        shutil.move(tmp_path / name, archive / name.replace("copy", "mlflow"))
    assert (archive / "mlflow.db-wal").stat().st_size > 0
    with Archive(archive, 0o555), pytest.raises(RuntimeError, match="was not closed: .*mlflow.db-wal"):
        browser(tmp_path / "browser", archive).start()
    with browser(tmp_path / "browser", archive) as server:  # now that the folder can be written
        assert len(mlflow.MlflowClient(server.url).search_runs(["0"])) == 1


@pytest.mark.parametrize("make, words", [
    (lambda path: sqlite3.connect(path).execute("VACUUM"), "has no tables of MLflow"),
    (lambda path: subprocess.run([str(pathlib.Path(sys.executable).parent / "mlflow"), "db", "upgrade", f"sqlite:///{path}"], check=True, capture_output=True)
     and sqlite3.connect(path, isolation_level=None).execute("UPDATE alembic_version SET version_num = 'acf3f17fdcc7'"), "acf3f17fdcc7"),
    (lambda path: path.write_text("no database " * 1000), "not a database"),
])
def test_what_is_no_database_of_this_version_is_refused(tmp_path, make, words):
    (tmp_path / "browser").mkdir()
    archive = tmp_path / "archive"
    archive.mkdir()
    make(archive / "mlflow.db")
    with Archive(archive, 0o555), pytest.raises(RuntimeError, match=words):
        browser(tmp_path / "browser", archive).start()

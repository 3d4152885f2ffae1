"""`millrace db gc`: what users deleted is removed for good, with its artifacts, and nothing else."""

import pathlib
import subprocess

import database_dump
import pytest
from mariadb import MariadbServer
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, Metric, ViewType
from postgres import PostgresServer
from test_upgrade import MILLRACE, upgrade


class World:
    """A store with runs, models and experiments, some of them deleted, and a file of artifacts for each."""

    def __init__(self, uri, folder, points=3):
        upgrade(uri)
        self.uri = uri
        self.folder = folder
        self.client = client = MlflowClient(uri, uri)
        self.kept, self.gone = (client.create_experiment(name, f"{folder}/{name}") for name in ("kept", "gone"))
        self.proxied = client.create_experiment("proxied", "mlflow-artifacts:/proxied")
        self.runs = {name: self.run(experiment, points) for name, experiment in (
            ("kept", self.kept), ("deleted", self.kept), ("inside", self.gone), ("proxied", self.proxied))}
        self.models = {name: self.model(name, self.kept) for name in ("kept_model", "deleted_model")}
        self.models["inside_model"] = self.model("inside_model", self.gone)
        for name in ("deleted", "proxied"):
            client.delete_run(self.runs[name])
        client.delete_logged_model(self.models["deleted_model"])
        client.delete_experiment(self.gone)

    def write(self, location):
        location = location.replace("mlflow-artifacts:/", f"{self.folder}/destination/")
        folder = pathlib.Path(location)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "file.txt").write_text("x")

    def run(self, experiment, points):
        run = self.client.create_run(experiment)
        self.write(run.info.artifact_uri)
        for start in range(0, points, 1000):
            self.client.log_batch(run.info.run_id, [Metric("m", 1.0, 1, step) for step in range(start, min(points, start + 1000))])
        self.client.log_param(run.info.run_id, "p", "v")
        self.client.log_inputs(run.info.run_id, [DatasetInput(Dataset("d", "digest", "local", "{}"), [])])
        return run.info.run_id

    def model(self, name, experiment):
        model = self.client.create_logged_model(experiment, name, params={"a": "b"}, tags={"c": "d"})
        self.write(model.artifact_location)
        return model.model_id

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("file.txt"))

    def gc(self, *flags, status=0):
        done = subprocess.run(
            [MILLRACE, "db", "gc", "--backend-store-uri", self.uri, "--artifacts-destination", f"{self.folder}/destination", *flags],
            capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def rows(self):
        return database_dump.rows(self.uri)

    def assert_clean(self):
        """Only what was kept is there, and nothing that belonged to the rest."""
        assert self.files() == [f"kept/{self.runs['kept']}/artifacts/file.txt",
                                f"kept/models/{self.models['kept_model']}/artifacts/file.txt"]
        ids = [self.kept, self.proxied]
        assert [run.info.run_id for run in self.client.search_runs(ids, run_view_type=ViewType.ALL)] == [self.runs["kept"]]
        names = {experiment.name for experiment in self.client.search_experiments(ViewType.ALL)}
        assert names >= {"kept", "proxied"} and "gone" not in names
        text = str(self.rows())
        for name in ("deleted", "inside", "proxied"):
            assert self.runs[name] not in text
        for name in ("deleted_model", "inside_model"):
            assert self.models[name] not in text
        done = subprocess.run([MILLRACE, "db", "check", self.uri], capture_output=True, text=True)
        assert done.returncode == 0 and "note" not in done.stdout, done.stdout


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def world(request, tmp_path):
    if request.param == "sqlite":
        yield World(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)
        return
    with (PostgresServer if request.param == "postgresql" else MariadbServer)() as server:
        yield World(server.create("gc"), tmp_path)


def test_deleted_things_go_with_their_artifacts_and_nothing_else(world):
    before, files = world.rows(), world.files()
    told = world.gc().stdout
    assert "Would delete 3 runs, 2 logged models, 0 traces and 1 experiments" in told and "--apply" in told
    assert world.rows() == before and world.files() == files
    world.gc("--older-than", "1h", "--apply")
    assert world.rows() == before and world.files() == files
    told = world.gc("--apply").stdout
    assert "Deleted 3 runs, 2 logged models, 0 traces and 1 experiments; 0 left out" in told
    world.assert_clean()
    assert "Deleted 0 runs" in world.gc("--apply").stdout


@pytest.fixture
def files(tmp_path):
    return World(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)


def test_named_things_are_deleted_alone(files):
    done = files.gc("--run-ids", files.runs["deleted"], "--apply")
    assert "Deleted 1 runs, 0 logged models, 0 traces and 0 experiments" in done.stdout
    done = files.gc("--experiment-ids", files.gone, "--apply")
    assert "Deleted 1 runs, 1 logged models, 0 traces and 1 experiments" in done.stdout


def test_what_is_not_deleted_or_not_there_is_refused_before_anything_is_deleted(files):
    before = files.rows()
    for flags, words in ((["--run-ids", f"{files.runs['deleted']},{files.runs['kept']}"], "is not deleted"),
                         (["--run-ids", "nobody"], "is not there"),
                         (["--experiment-ids", files.kept], "is not deleted"),
                         (["--experiment-ids", "x"], "not the id"),
                         (["--older-than", "1 day"], "is no age"),
                         (["--run-ids", files.runs["deleted"], "--older-than", "2d3h"], "later than --older-than")):
        assert words in files.gc(*flags, "--apply", status=2).stderr
    assert files.rows() == before


def test_things_whose_artifacts_cannot_be_removed_safely_are_left(files):
    import sqlite3

    with sqlite3.connect(files.folder / "mlflow.db") as database:
        database.execute("UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?", (str(files.folder), files.runs["deleted"]))
        database.execute("UPDATE runs SET artifact_uri = 'gopher://x/' || run_uuid WHERE run_uuid = ?", (files.runs["inside"],))
    done = files.gc("--apply", status=1)
    assert f"left out run {files.runs['deleted']}: its artifacts" in done.stdout
    assert "3 left out" in done.stdout, "two runs and the experiment of one"
    assert f"kept/{files.runs['kept']}/artifacts/file.txt" in files.files()
    assert "Deleted 2 runs" in files.gc("--apply", "--keep-artifacts").stdout


def test_a_killed_collection_is_finished_by_the_next(tmp_path):
    world = World(f"sqlite:///{tmp_path}/mlflow.db", tmp_path, points=25_000)
    words = [MILLRACE, "db", "gc", "--backend-store-uri", world.uri, "--artifacts-destination", f"{tmp_path}/destination", "--apply"]
    for milliseconds in (0, 20, 40, 60, 80):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(milliseconds / 1000)
            except subprocess.TimeoutExpired:
                process.kill()
    world.gc("--apply")
    world.assert_clean()

"""Databases that official versions of MLflow made are upgraded by us and by the newest MLflow, and compared."""

import pathlib
import shutil
import subprocess

import database_dump
import pytest
import sqlalchemy
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.store.db.utils import _upgrade_db
from servers import ROOT

MILLRACE = ROOT / "build/release/millrace"
FILL = pathlib.Path(__file__).parent / "fill_database.py"
VERSIONS = ["2.0", "2.10", "2.22", "3.0", "3.6", "3.17"]
HEAD = "dc11669786a5"
# Jobs that are ended by the upgrade get the time of it.
TIMES = {("jobs", "last_update_time")}


def python_of(version):
    return ROOT / f"build/venv-mlflow-{version}/bin/python"


def fill(version, uri, folder):
    done = subprocess.run([python_of(version), FILL, uri], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def upgrade(uri, status=0):
    done = subprocess.run([MILLRACE, "db", "upgrade", uri], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def upgrade_officially(uri):
    engine = sqlalchemy.create_engine(uri)
    _upgrade_db(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The file that a version of MLflow made; to be copied."""
    folder = tmp_path_factory.mktemp("made")

    def make(version):
        path = folder / f"{version}.db"
        if not path.exists():
            fill(version, f"sqlite:///{path}", folder)
        return path

    return make


def as_the_newest_client_reads(uri):
    client = MlflowClient(uri, uri)
    experiments = client.search_experiments(ViewType.ALL)
    ids = [experiment.experiment_id for experiment in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL, order_by=["attributes.run_id"])
    models = client.search_registered_models(order_by=["name"])
    return {
        "experiments": [dict(experiment) | {"tags": experiment.tags} for experiment in experiments],
        "runs": [str(sorted(run.to_dictionary().items())) for run in runs],
        "histories": [[str(dict(metric)) for metric in client.get_metric_history(run.info.run_id, key)]
                      for run in runs for key in sorted(run.data.metrics)],
        "models": [(model.name, model.description, model.tags, model.aliases) for model in models],
        "versions": [dict(version) | {"aliases": version.aliases} for model in models
                     for version in client.search_model_versions(f"name = '{model.name}'")],
        "logged models": [model.to_dictionary() for model in client.search_logged_models(ids)],
        "traces": [str(trace.info) for trace in client.search_traces(locations=ids, include_spans=False)],
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_sqlite_files_become_what_the_newest_mlflow_makes_of_them(made, version, tmp_path):
    ours, official = tmp_path / "ours.db", tmp_path / "official.db"
    for copy in (ours, official):
        shutil.copy(made(version), copy)
    done = upgrade(f"sqlite:///{ours}")
    assert ("backup" in done.stdout) == (version != "3.17"), done.stdout
    upgrade_officially(f"sqlite:///{official}")
    for one, other in zip(database_dump.sqlite_schema(ours), database_dump.sqlite_schema(official)):
        assert one == other
    assert database_dump.rows(f"sqlite:///{ours}", TIMES) == database_dump.rows(f"sqlite:///{official}", TIMES)
    assert as_the_newest_client_reads(f"sqlite:///{ours}") == as_the_newest_client_reads(f"sqlite:///{official}")
    again = upgrade(f"sqlite:///{ours}")
    assert "already" in again.stdout and "backup" not in again.stdout

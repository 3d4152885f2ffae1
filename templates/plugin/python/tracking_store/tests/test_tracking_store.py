from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

from .conftest import PLUGIN


def open_store(process: PluginProcess, folder: Path) -> Instance:
    return process.open("tracking_store", "sample-name", uri=f"sample-name:{folder}")


@pytest.fixture
def store(process: PluginProcess, tmp_path: Path) -> Instance:
    return open_store(process, tmp_path)


def experiment(store: Instance, name: str = "e") -> str:
    request = m.NewExperiment(name=name, artifact_root="root:/artifacts", creation_time=1000)
    return str(store.call("CreateExperiment", request).experiment_id)


def run(store: Instance, experiment_id: str) -> str:
    info = m.RunInfo(
        run_id=uuid.uuid4().hex,
        experiment_id=experiment_id,
        status=m.RUNNING,
        start_time=1,
        lifecycle_stage="active",
    )
    return str(store.call("CreateRun", m.NewRun(info=info)).info.run_id)


def log(store: Instance, run_id: str, key: str, value: float, step: int = 0) -> None:
    metric = m.Metric(key=key, value=value, step=step, timestamp=1)
    store.call("WriteRunData", m.RunDataWrite(run_id=run_id, metrics=[metric]))


def found(store: Instance, experiment_id: str, where: m.Comparison) -> list[str]:
    query = m.RunQuery(
        experiment_ids=[experiment_id],
        view_type=m.ACTIVE_ONLY,
        filter=m.Filter(comparison=where),
        page=m.Page(limit=10),
    )
    return [found.info.run_id for found in store.call("SearchRuns", query).runs]


def test_names_of_experiments_are_unique(store: Instance) -> None:
    experiment(store)
    with pytest.raises(AlreadyExists):
        experiment(store)


def test_the_latest_metric_counts(store: Instance) -> None:
    run_id = run(store, experiment(store))
    log(store, run_id, "loss", 0.5, step=2)
    log(store, run_id, "loss", 0.9, step=1)
    (metric,) = store.call("GetRun", m.RunLookup(run_id=run_id)).data.metrics
    assert (metric.value, metric.step) == (0.5, 2)


def test_runs_are_found_by_their_metrics(store: Instance) -> None:
    experiment_id = experiment(store)
    good, bad = run(store, experiment_id), run(store, experiment_id)
    log(store, good, "accuracy", 0.9)
    log(store, bad, "accuracy", 0.1)
    field = m.FieldRef(kind=m.FIELD_KIND_METRIC, name="accuracy")
    where = m.Comparison(field=field, comparator=m.COMPARATOR_GREATER, number=0.5)
    assert found(store, experiment_id, where) == [good]


def test_an_unknown_run_does_not_exist(store: Instance) -> None:
    with pytest.raises(NotFound, match="none"):
        store.call("GetRun", m.RunLookup(run_id="none"))


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with PluginProcess("sample_plugin", folder=PLUGIN) as process:
        store = open_store(process, tmp_path)
        run_id = run(store, experiment(store))
        log(store, run_id, "loss", 0.5)
        process.kill()
    with PluginProcess("sample_plugin", folder=PLUGIN) as process:
        kept = open_store(process, tmp_path).call("GetRun", m.RunLookup(run_id=run_id))
    assert [metric.value for metric in kept.data.metrics] == [0.5]

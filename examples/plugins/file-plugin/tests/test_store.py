"""What the contract asks of a tracking store."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, Error, InvalidParameter, InvalidState, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .subject import Subject, by, latest, params, tags, where


@pytest.fixture
def store(process: PluginProcess, tmp_path: Path) -> Subject:
    return Subject(process, tmp_path)


def test_experiments_are_found_by_id_and_name(store: Subject) -> None:
    name = "näme with ☃ and 'quotes'; --"
    experiment = store.experiment(name)
    found = store.instance.call("GetExperiment", m.ExperimentLookup(name=name))
    assert found == store.find(experiment)
    assert (found.name, found.lifecycle_stage, found.creation_time) == (name, "active", 1000)
    assert found.artifact_location == f"root:/artifacts/{experiment}"
    with pytest.raises(NotFound, match="unknown"):
        store.instance.call("GetExperiment", m.ExperimentLookup(name="unknown"))


def test_names_of_experiments_are_unique_also_of_deleted_ones(store: Subject) -> None:
    experiment = store.experiment("taken")
    other = store.experiment("other")
    with pytest.raises(AlreadyExists):
        store.experiment("taken")
    store.set_stage(experiment, "active", "deleted")
    with pytest.raises(AlreadyExists, match="deleted"):
        store.experiment("taken")
    with pytest.raises(AlreadyExists):
        store.instance.call("UpdateExperiment", m.ExperimentChanges(experiment_id=other, name="taken"))


def test_one_of_many_creators_wins(store: Subject) -> None:
    def create(_: int) -> bool:
        try:
            store.experiment("contested")
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(16) as crew:
        assert sum(crew.map(create, range(16))) == 1


def test_deleting_an_experiment_takes_its_runs_along(store: Subject) -> None:
    experiment = store.experiment()
    run = store.run(experiment)
    store.set_stage(experiment, "active", "deleted")
    assert store.get(run).info.lifecycle_stage == "deleted"
    assert store.find(experiment).last_update_time == 2000
    with pytest.raises(InvalidState):
        store.run(experiment)
    with pytest.raises(InvalidState):
        store.set_stage(experiment, "active", "deleted")
    store.set_stage(experiment, "deleted", "active")
    assert store.get(run).info.lifecycle_stage == "active"


def test_experiment_tags_replace_and_go(store: Subject) -> None:
    experiment = store.experiment()
    for value in ("1", "2"):
        tag = m.ExperimentTagWrite(experiment_id=experiment, key="k", value=value, update_time=3000)
        store.instance.call("SetExperimentTag", tag)
    assert [tag.value for tag in store.find(experiment).tags] == ["2"]
    key = m.ExperimentTagKey(experiment_id=experiment, key="k", update_time=4000)
    store.instance.call("DeleteExperimentTag", key)
    with pytest.raises(NotFound, match="k"):
        store.instance.call("DeleteExperimentTag", key)
    store.set_stage(experiment, "active", "deleted")
    with pytest.raises(InvalidState):
        store.instance.call("SetExperimentTag", m.ExperimentTagWrite(experiment_id=experiment, key="k"))


def test_experiments_are_searched(store: Subject) -> None:
    for name in ("alpha", "beta", "Alps"):
        store.experiment(name)
    store.set_stage("1", "active", "deleted")

    def search(view: m.ViewType, tree: m.Filter | None = None) -> list[str]:
        order = [by("name", descending=True)]
        query = m.ExperimentQuery(view_type=view, filter=tree, order_by=order, page=m.Page(limit=10))
        return [found.name for found in store.instance.call("SearchExperiments", query).experiments]

    assert search(m.ACTIVE_ONLY) == ["alpha", "Alps"]
    assert search(m.DELETED_ONLY) == ["beta"]
    assert search(m.ALL) == ["beta", "alpha", "Alps"]
    like = where(m.FIELD_KIND_ATTRIBUTE, "name", m.COMPARATOR_LIKE, text="al%")
    assert search(m.ALL, like) == ["alpha"]


def test_runs_keep_what_they_were_created_with(store: Subject) -> None:
    experiment = store.experiment()
    run = store.run(experiment, 123, "näme")
    info = store.get(run).info
    assert (info.run_id, info.run_uuid, info.experiment_id) == (run, run, experiment)
    assert (info.run_name, info.user_id, info.start_time, info.status) == ("näme", "user", 123, m.RUNNING)
    assert not info.HasField("end_time")
    assert info.artifact_uri == f"root:/artifacts/{experiment}/{run}/artifacts"
    with pytest.raises(NotFound, match="0123"):
        store.get("0123")


def test_a_run_changes_what_is_set(store: Subject) -> None:
    run = store.run(store.experiment(), name="old")
    info = store.change(run, required_stage="active", status=m.FINISHED, end_time=9, run_name="new")
    assert (info.status, info.end_time, info.run_name, info.start_time) == (m.FINISHED, 9, "new", 1)
    assert tags(store.get(run)) == {"mlflow.runName": "new"}
    with pytest.raises(InvalidState):
        store.change(run, required_stage="deleted", lifecycle_stage="active")


def test_special_values_of_metrics_come_back(store: Subject) -> None:
    run = store.run(store.experiment())
    values = {"nan": math.nan, "up": math.inf, "down": -math.inf, "tiny": 5e-324}
    for key, value in values.items():
        store.metric(run, key, value, step=-7)
    found = latest(store.get(run))
    assert math.isnan(found.pop("nan"))
    assert found == {key: value for key, value in values.items() if key != "nan"}
    assert math.isnan(store.history(run, key="nan")[0].value)
    assert store.history(run, key="up")[0].step == -7


def test_the_same_point_is_kept_once(store: Subject) -> None:
    run = store.run(store.experiment())
    for value in (1.5, 1.5, math.nan, math.nan, 0.0):
        store.metric(run, "m", value, 2, 3)
    assert len(store.history(run)) == 3


def test_the_latest_value_is_the_greatest_by_step_time_and_value(store: Subject) -> None:
    run = store.run(store.experiment())
    store.metric(run, "m", 5, 10, 1)
    store.metric(run, "m", 9, 9, 99)
    assert latest(store.get(run)) == {"m": 5}
    store.metric(run, "m", 4, 10, 2)
    assert latest(store.get(run)) == {"m": 4}
    store.write(run, *(m.Metric(key="m", value=value, step=10, timestamp=2) for value in (7, 6)))
    assert latest(store.get(run)) == {"m": 7}


def test_params_do_not_change_and_batches_are_whole(store: Subject) -> None:
    run = store.run(store.experiment())
    store.write(run, params={"p": "1"})
    assert not store.write(run, params={"p": "1"}).conflicts
    outcome = store.write(run, m.Metric(key="m", value=1), params={"new": "2", "p": "2"}, tags={"tag": "t"})
    assert [(entry.key, entry.existing_value, entry.new_value) for entry in outcome.conflicts] == [
        ("p", "1", "2")
    ]
    found = store.get(run)
    assert params(found) == {"p": "1"}
    assert not found.data.metrics
    assert "tag" not in tags(found)


def test_deleted_runs_take_no_data(store: Subject) -> None:
    run = store.run(store.experiment())
    store.change(run, lifecycle_stage="deleted", update_time=5)
    with pytest.raises(InvalidState):
        store.metric(run, "m", 1)
    with pytest.raises(InvalidState):
        store.instance.call("DeleteRunTag", m.RunTagKey(run_id=run, key="mlflow.runName"))
    with pytest.raises(NotFound):
        store.metric("0123", "m", 1)


def test_tags_replace_rename_and_go(store: Subject) -> None:
    run = store.run(store.experiment(), name="old")
    store.write(run, tags={"k": "1"})
    store.write(run, tags={"k": "2", "mlflow.runName": "new"})
    assert tags(store.get(run)) == {"k": "2", "mlflow.runName": "new"}
    assert store.get(run).info.run_name == "new"
    store.instance.call("DeleteRunTag", m.RunTagKey(run_id=run, key="k"))
    with pytest.raises(NotFound, match="k"):
        store.instance.call("DeleteRunTag", m.RunTagKey(run_id=run, key="k"))


def test_sixteen_writers_lose_nothing(store: Subject) -> None:
    run = store.run(store.experiment())

    def write(writer: int) -> None:
        for step in range(10):
            store.write(run, m.Metric(key="m", value=writer, step=step), params={f"{writer}.{step}": "x"})

    with ThreadPoolExecutor(16) as crew:
        list(crew.map(write, range(16)))
    assert len(store.history(run)) == 160
    assert len(store.get(run).data.params) == 160


def test_histories_are_ordered_and_paged(store: Subject) -> None:
    experiment = store.experiment()
    runs = sorted([store.run(experiment), store.run(experiment)])
    for run in reversed(runs):
        store.write(run, *(m.Metric(key="m", value=i, step=i % 3, timestamp=i % 2) for i in range(11)))
    points = store.history(*reversed(runs), "unknown", limit=4)
    places = [(point.run_id, point.timestamp, point.step, point.value) for point in points]
    assert places == sorted(places)
    assert len(places) == 22
    assert store.history(run, key="other") == []


@pytest.mark.parametrize(("after", "left"), [(None, []), (2, [0, 1, 2])])
def test_metrics_are_deleted_after_a_step(store: Subject, after: int | None, left: list[int]) -> None:
    run = store.run(store.experiment())
    store.write(run, *(m.Metric(key="m", value=i, step=i, timestamp=1) for i in range(5)))
    store.metric(run, "kept", 1, step=9)
    deletion = m.MetricDeletion(run_id=run, metric_keys=["m", "none"], after_step=after)
    assert store.instance.call("DeleteMetrics", deletion).deleted_points == 5 - len(left)
    assert [point.step for point in store.history(run)] == left
    assert latest(store.get(run)) == {"kept": 1.0, **({"m": left[-1]} if left else {})}


def test_filters_select(store: Subject) -> None:
    experiment = store.experiment()
    a, b, c = (store.run(experiment, start, name) for start, name in ((1, "a"), (2, "b"), (3, "c")))
    store.write(a, m.Metric(key="m", value=1), params={"p": "Abc"})
    store.write(b, m.Metric(key="m", value=2), params={"p": "abd"})
    store.write(c, tags={"t": "x"})

    def found(kind: m.FieldKind, name: str, comparator: m.Comparator, **value: object) -> list[str]:
        return store.search(experiment, where=where(kind, name, comparator, **value))

    assert found(m.FIELD_KIND_METRIC, "m", m.COMPARATOR_GREATER, number=1) == [b]
    assert found(m.FIELD_KIND_PARAM, "p", m.COMPARATOR_NOT_EQUAL, text="Abc") == [b]
    assert found(m.FIELD_KIND_PARAM, "p", m.COMPARATOR_LIKE, text="ab%") == [b]
    assert found(m.FIELD_KIND_PARAM, "p", m.COMPARATOR_ILIKE, text="AB_") == [b, a]
    assert found(m.FIELD_KIND_PARAM, "p", m.COMPARATOR_IS_NULL) == [c]
    assert found(m.FIELD_KIND_TAG, "t", m.COMPARATOR_IS_NOT_NULL) == [c]
    assert found(m.FIELD_KIND_ATTRIBUTE, "run_name", m.COMPARATOR_EQUAL, text="b") == [b]
    ids = m.TextList(values=[a, c])
    assert found(m.FIELD_KIND_ATTRIBUTE, "run_id", m.COMPARATOR_IN, texts=ids) == [c, a]
    assert found(m.FIELD_KIND_ATTRIBUTE, "run_id", m.COMPARATOR_NOT_IN, texts=ids) == [b]


def test_searches_mind_experiments_and_views(store: Subject) -> None:
    first, second = store.experiment("1"), store.experiment("2")
    a, b, c = store.run(first, 1), store.run(second, 2), store.run(second, 3)
    store.change(c, lifecycle_stage="deleted")
    assert store.search(first, "unknown") == [a]
    assert store.search() == [b, a]
    assert store.search(view=m.ALL) == [c, b, a]
    assert store.search(view=m.DELETED_ONLY) == [c]


@pytest.mark.parametrize(("descending", "expected"), [(False, [2, 0, 1, 3]), (True, [0, 2, 1, 3])])
def test_orders_put_nan_and_missing_last(store: Subject, descending: bool, expected: list[int]) -> None:
    experiment = store.experiment()
    runs = [store.run(experiment, start) for start in range(4)]
    for run, value in zip(runs, (2, math.nan, -1)):
        store.metric(run, "m", value)
    order = [by("m", m.FIELD_KIND_METRIC, descending)]
    assert [runs.index(run) for run in store.search(experiment, order=order)] == expected


def test_pages_cover_all_runs_once(store: Subject) -> None:
    experiment = store.experiment()
    made = {store.run(experiment, number % 3) for number in range(23)}
    seen = store.search(experiment, limit=5)
    assert len(seen) == len(made)
    assert set(seen) == made
    assert seen == store.search(experiment)


def test_what_it_cannot_do_is_said(process: PluginProcess, store: Subject) -> None:
    with pytest.raises(Error) as caught:
        store.instance.call("SearchDatasets", m.DatasetQuery(limit=1))
    assert caught.value.code == "NOT_IMPLEMENTED"
    with pytest.raises(InvalidParameter, match="file-plugin:/absolute/path"):
        process.open("tracking_store", "file-plugin", uri="file-plugin:relative")

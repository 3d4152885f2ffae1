"""Filters, orders and pages over messages in memory."""

from __future__ import annotations

import math

import pytest

from millrace.plugin import InvalidParameter
from millrace.plugin import messages as m
from millrace.plugin.search import experiment_field, matches, ordered, page_of, run_field, visible


def run(name: str, metric: float | None = None, **params: str) -> m.Run:
    run = m.Run(info=m.RunInfo(run_id=name, run_name=name, status=m.RUNNING, start_time=5))
    if metric is not None:
        run.data.metrics.add(key="m", value=metric)
    for key, value in params.items():
        run.data.params.add(key=key, value=value)
    return run


def compare(kind: m.FieldKind, name: str, comparator: m.Comparator, **value: object) -> m.Filter:
    comparison = m.Comparison(field=m.FieldRef(kind=kind, name=name), comparator=comparator, **value)  # type: ignore[arg-type]
    return m.Filter(comparison=comparison)


def metric(comparator: m.Comparator, number: float) -> m.Filter:
    return compare(m.FIELD_KIND_METRIC, "m", comparator, number=number)


def param(comparator: m.Comparator, **value: object) -> m.Filter:
    return compare(m.FIELD_KIND_PARAM, "p", comparator, **value)


RUNS = [run("a", 1.0, p="Adam"), run("b", math.nan, p="sgd"), run("c")]


def names(tree: m.Filter) -> str:
    return "".join(entry.info.run_id for entry in RUNS if matches(tree, run_field(entry)))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (m.Filter(), "abc"),
        (metric(m.COMPARATOR_EQUAL, 1.0), "a"),
        (metric(m.COMPARATOR_NOT_EQUAL, 1.0), "b"),
        (metric(m.COMPARATOR_LESS_EQUAL, 1.0), "a"),
        (metric(m.COMPARATOR_GREATER, 1.0), ""),
        (param(m.COMPARATOR_EQUAL, text="Adam"), "a"),
        (param(m.COMPARATOR_NOT_EQUAL, text="Adam"), "b"),
        (param(m.COMPARATOR_LIKE, text="a%"), ""),
        (param(m.COMPARATOR_LIKE, text="_dam"), "a"),
        (param(m.COMPARATOR_LIKE, text="A.*"), ""),
        (param(m.COMPARATOR_ILIKE, text="a%"), "a"),
        (param(m.COMPARATOR_IN, texts=m.TextList(values=["sgd", "x"])), "b"),
        (param(m.COMPARATOR_NOT_IN, texts=m.TextList(values=["sgd", "x"])), "a"),
        (param(m.COMPARATOR_IS_NULL), "c"),
        (param(m.COMPARATOR_IS_NOT_NULL), "ab"),
        (compare(m.FIELD_KIND_ATTRIBUTE, "status", m.COMPARATOR_EQUAL, text="RUNNING"), "abc"),
        (compare(m.FIELD_KIND_ATTRIBUTE, "start_time", m.COMPARATOR_LESS, integer=6), "abc"),
        (compare(m.FIELD_KIND_ATTRIBUTE, "end_time", m.COMPARATOR_LESS, integer=6), ""),
        (
            m.Filter(
                any_of=m.FilterList(filters=[metric(m.COMPARATOR_EQUAL, 1), param(m.COMPARATOR_IS_NULL)])
            ),
            "ac",
        ),
        (
            m.Filter(
                all_of=m.FilterList(filters=[param(m.COMPARATOR_IS_NOT_NULL), metric(m.COMPARATOR_EQUAL, 1)])
            ),
            "a",
        ),
    ],
)
def test_filters_select(tree: m.Filter, expected: str) -> None:
    assert names(tree) == expected


def test_data_sets_match_when_one_of_them_does() -> None:
    entry = run("a")
    for name in ("x", "y"):
        entry.inputs.dataset_inputs.add(dataset=m.Dataset(name=name), tags=[m.InputTag(key="k", value="v")])
    field = run_field(entry)
    assert matches(compare(m.FIELD_KIND_DATASET, "name", m.COMPARATOR_EQUAL, text="y"), field)
    assert not matches(compare(m.FIELD_KIND_DATASET, "context", m.COMPARATOR_EQUAL, text="v"), field)


@pytest.mark.parametrize(("descending", "expected"), [(False, "dabc"), (True, "adbc")])
def test_orders_put_nan_and_what_is_missing_last(descending: bool, expected: str) -> None:
    runs = [*RUNS, run("d", -3.0)]
    by_metric = m.OrderBy(field=m.FieldRef(kind=m.FIELD_KIND_METRIC, name="m"), descending=descending)
    ordered(runs, [by_metric], run_field)
    assert "".join(entry.info.run_id for entry in runs) == expected


def test_later_terms_order_what_earlier_ones_leave_equal() -> None:
    runs = [run("b", 1, p="x"), run("c", 1, p="y"), run("a", 1, p="x")]
    order = [
        m.OrderBy(field=m.FieldRef(kind=m.FIELD_KIND_PARAM, name="p"), descending=True),
        m.OrderBy(field=m.FieldRef(kind=m.FIELD_KIND_ATTRIBUTE, name="run_id")),
    ]
    ordered(runs, order, run_field)
    assert [entry.info.run_id for entry in runs] == ["c", "a", "b"]


def test_pages_cover_everything_once() -> None:
    seen: list[int] = []
    page = m.Page(limit=4)
    while True:
        part, page.cursor = page_of(range(10), page)
        seen.extend(part)
        if not page.cursor:
            break
    assert seen == list(range(10))


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "\u0663"])
def test_a_strange_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidParameter):
        page_of(range(10), m.Page(cursor=cursor, limit=1))


@pytest.mark.parametrize(
    ("view", "stages"),
    [(m.ACTIVE_ONLY, ["active"]), (m.DELETED_ONLY, ["deleted"]), (m.ALL, ["active", "deleted"])],
)
def test_views_show_stages(view: m.ViewType, stages: list[str]) -> None:
    assert [stage for stage in ("active", "deleted") if visible(stage, view)] == stages


def test_experiments_have_attributes_and_tags() -> None:
    tags = [m.ExperimentTag(key="team", value="vision")]
    field = experiment_field(m.Experiment(name="e", creation_time=7, tags=tags))
    assert matches(compare(m.FIELD_KIND_TAG, "team", m.COMPARATOR_ILIKE, text="VIS%"), field)
    assert matches(
        compare(m.FIELD_KIND_ATTRIBUTE, "creation_time", m.COMPARATOR_GREATER_EQUAL, integer=7), field
    )
    assert not matches(compare(m.FIELD_KIND_TAG, "other", m.COMPARATOR_NOT_EQUAL, text="x"), field)


def test_an_attribute_that_no_run_has_is_named() -> None:
    with pytest.raises(InvalidParameter, match="'color'"):
        matches(compare(m.FIELD_KIND_ATTRIBUTE, "color", m.COMPARATOR_EQUAL, text="x"), run_field(RUNS[0]))

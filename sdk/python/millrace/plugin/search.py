"""Searching for stores whose backend cannot: filters, orders and pages over messages in memory.

    shown = [run for run in all_runs if visible(run.info.lifecycle_stage, request.view_type)]
    found = [run for run in shown if matches(request.filter, run_field(run))]
    ordered(found, request.order_by, run_field)
    runs, next_cursor = page_of(found, request.page)
    return RunPage(runs=runs, next_cursor=next_cursor)

Comparisons and orders mean what the contract says (query.proto): what lacks a name fails every comparison
with it but IS NULL; NaN is unequal to everything, and comes after all numbers and before what is missing.

A store with a query language of its own translates the filter instead.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar, Union

from millrace.plugin.errors import InvalidParameter
from millrace.plugin.messages import (
    ACTIVE_ONLY,
    COMPARATOR_EQUAL,
    COMPARATOR_GREATER,
    COMPARATOR_GREATER_EQUAL,
    COMPARATOR_ILIKE,
    COMPARATOR_IN,
    COMPARATOR_IS_NOT_NULL,
    COMPARATOR_IS_NULL,
    COMPARATOR_LESS,
    COMPARATOR_LESS_EQUAL,
    COMPARATOR_LIKE,
    COMPARATOR_NOT_EQUAL,
    COMPARATOR_NOT_IN,
    DELETED_ONLY,
    FIELD_KIND_ATTRIBUTE,
    FIELD_KIND_DATASET,
    FIELD_KIND_METRIC,
    FIELD_KIND_PARAM,
    FIELD_KIND_TAG,
    Comparison,
    DatasetInput,
    Experiment,
    FieldRef,
    Filter,
    OrderBy,
    Page,
    Run,
    RunStatus,
    ViewType,
)

Value = Union[str, int, float]
# The values that an entity has under a name: none where it lacks the name, several only for data sets.
Field = Callable[[FieldRef], Sequence[Value]]

_T = TypeVar("_T")

_RELATIONS: dict[int, Callable[[Value, Value], bool]] = {
    COMPARATOR_EQUAL: operator.eq,
    COMPARATOR_NOT_EQUAL: operator.ne,
    COMPARATOR_LESS: operator.lt,
    COMPARATOR_LESS_EQUAL: operator.le,
    COMPARATOR_GREATER: operator.gt,
    COMPARATOR_GREATER_EQUAL: operator.ge,
}

_CONTEXT_TAG = "mlflow.data.context"


def visible(lifecycle_stage: str, view_type: ViewType) -> bool:
    """Whether a search of this view shows what is in stage "active" or "deleted"."""
    if view_type == DELETED_ONLY:
        return lifecycle_stage == "deleted"
    return view_type != ACTIVE_ONLY or lifecycle_stage == "active"


def matches(tree: Filter, field: Field) -> bool:
    """Whether an entity with these fields is what the filter asks for."""
    node = tree.WhichOneof("node")
    if node == "comparison":
        return _compares(tree.comparison, field(tree.comparison.field))
    if node == "all_of":
        return all(matches(part, field) for part in tree.all_of.filters)
    if node == "any_of":
        return any(matches(part, field) for part in tree.any_of.filters)
    return True


def ordered(entities: list[_T], order_by: Sequence[OrderBy], fields_of: Callable[[_T], Field]) -> None:
    """Sorts in place: values in the order of each term, then NaN, then what lacks the field."""
    for term in reversed(order_by):
        ranks: tuple[list[_T], list[_T], list[_T]] = ([], [], [])
        values: dict[int, Value] = {}
        for entity in entities:
            found = fields_of(entity)(term.field)
            ranks[_rank(found)].append(entity)
            if found:
                values[id(entity)] = found[0]
        ranks[0].sort(key=lambda entity: values[id(entity)], reverse=term.descending)
        entities[:] = [entity for rank in ranks for entity in rank]


def page_of(entities: Sequence[_T], page: Page) -> tuple[Sequence[_T], str]:
    """The part of an ordered sequence that a page asks for, and the cursor of the next page or "".

    Throws INVALID_PARAMETER_VALUE for a cursor that it did not give.
    """
    if page.cursor and not (page.cursor.isascii() and page.cursor.isdecimal()):
        raise InvalidParameter("the page token was not given by this store")
    start = int(page.cursor or "0")
    end = start + page.limit
    return entities[start:end], str(end) if end < len(entities) else ""


def run_field(run: Run) -> Field:
    """The fields of a run, its data and inputs included."""

    def field(ref: FieldRef) -> Sequence[Value]:
        if ref.kind == FIELD_KIND_METRIC:
            return [metric.value for metric in run.data.metrics if metric.key == ref.name]
        if ref.kind == FIELD_KIND_PARAM:
            return [param.value for param in run.data.params if param.key == ref.name]
        if ref.kind == FIELD_KIND_TAG:
            return [tag.value for tag in run.data.tags if tag.key == ref.name]
        if ref.kind == FIELD_KIND_DATASET:
            return [value for entry in run.inputs.dataset_inputs for value in _of_dataset(entry, ref.name)]
        if ref.name == "status":
            return [RunStatus.Name(run.info.status)]
        return _attribute(run.info, ref.name)

    return field


def experiment_field(experiment: Experiment) -> Field:
    """The fields of an experiment, its tags included."""

    def field(ref: FieldRef) -> Sequence[Value]:
        if ref.kind == FIELD_KIND_TAG:
            return [tag.value for tag in experiment.tags if tag.key == ref.name]
        return _attribute(experiment, ref.name) if ref.kind == FIELD_KIND_ATTRIBUTE else []

    return field


def _attribute(message: object, name: str) -> Sequence[Value]:
    has = getattr(message, "HasField")  # noqa: B009  every message has it, whatever its type
    try:
        return [getattr(message, name)] if has(name) else []
    except ValueError:
        raise InvalidParameter(f"this store keeps no attribute '{name}'") from None


def _of_dataset(entry: DatasetInput, name: str) -> Sequence[Value]:
    if name == "context":
        return [tag.value for tag in entry.tags if tag.key == _CONTEXT_TAG]
    return _attribute(entry.dataset, name)


def _compares(comparison: Comparison, values: Sequence[Value]) -> bool:
    if comparison.comparator == COMPARATOR_IS_NULL:
        return not values
    if comparison.comparator == COMPARATOR_IS_NOT_NULL:
        return bool(values)
    test = _test(comparison)
    return any(test(value) for value in values)


def _test(comparison: Comparison) -> Callable[[Value], bool]:
    comparator = comparison.comparator
    if comparator in (COMPARATOR_LIKE, COMPARATOR_ILIKE):
        pattern = _like(comparison.text, comparator == COMPARATOR_ILIKE)
        return lambda value: pattern.fullmatch(str(value)) is not None
    if comparator in (COMPARATOR_IN, COMPARATOR_NOT_IN):
        texts = set(comparison.texts.values)
        return lambda value: (value in texts) is (comparator == COMPARATOR_IN)
    relation = _RELATIONS[comparator]
    wanted = getattr(comparison, comparison.WhichOneof("value") or "text")
    return lambda value: relation(value, wanted)


@lru_cache(maxsize=256)
def _like(pattern: str, any_case: bool) -> re.Pattern[str]:
    signs = {"%": ".*", "_": "."}
    expression = "".join(signs.get(character, re.escape(character)) for character in pattern)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if any_case else 0))


def _rank(values: Sequence[Value]) -> int:
    """0 for what has a value, 1 for NaN, 2 for what has none."""
    if not values:
        return 2
    return 1 if isinstance(values[0], float) and math.isnan(values[0]) else 0

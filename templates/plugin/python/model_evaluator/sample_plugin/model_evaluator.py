"""Compares predictions with what is true."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator

from millrace.plugin import CallContext, InvalidParameter, ModelEvaluator, NotFound, PluginOptions
from millrace.plugin.messages import EvaluationAbility, EvaluationResult, EvaluationTask

_LONGEST_PREFIX = 200  # bytes; with a name behind it it is still the name of a metric


class SamplePlugin(ModelEvaluator):
    def __init__(self, options: PluginOptions) -> None:
        self._prefix = options.string("prefix", "")
        if len(self._prefix.encode()) > _LONGEST_PREFIX:
            raise InvalidParameter(f"the setting 'prefix' is longer than {_LONGEST_PREFIX} bytes")

    def can_evaluate(self, context: CallContext, request: EvaluationTask) -> EvaluationAbility:
        reason = _why_not(request)
        return EvaluationAbility(able=not reason, reason=reason)

    def evaluate(self, context: CallContext, request: EvaluationTask) -> EvaluationResult:
        reason = _why_not(request)
        if reason:
            raise InvalidParameter(reason)
        rows, equal, distance = 0, 0, 0.0
        for target, prediction in _pairs(request):
            context.check()
            rows += 1
            equal += target == prediction
            distance += _distance(target, prediction)
        if not rows:
            raise InvalidParameter(f"'{request.data_file}' has no rows")
        return self._result({"rows": rows, "accuracy": equal / rows, "mean_absolute_error": distance / rows})

    def _result(self, metrics: dict[str, float]) -> EvaluationResult:
        result = EvaluationResult()
        for name, value in metrics.items():
            result.metrics.add(name=self._prefix + name, value=value)
        return result


def _why_not(task: EvaluationTask) -> str:
    if not task.data_file.lower().endswith(".csv"):
        return "it reads CSV files only"
    if not task.targets_column or not task.predictions_column:
        return "it needs a column of targets and a column of predictions"
    return ""


def _pairs(task: EvaluationTask) -> Iterator[tuple[str, str]]:
    try:
        with open(task.data_file, encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, restval="")
            for column in (task.targets_column, task.predictions_column):
                if column not in (rows.fieldnames or ()):
                    raise InvalidParameter(f"'{task.data_file}' has no column '{column}'")
            for row in rows:
                yield row[task.targets_column], row[task.predictions_column]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no file '{task.data_file}'") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidParameter(f"'{task.data_file}' is no CSV file: {error}") from error


def _distance(target: str, prediction: str) -> float:
    """NaN, which makes the mean NaN, unless both are numbers."""
    try:
        return abs(float(target) - float(prediction))
    except ValueError:
        return math.nan

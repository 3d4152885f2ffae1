from __future__ import annotations

import math
from pathlib import Path

import pytest
from millrace.plugin import InvalidParameter, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


@pytest.fixture
def evaluator(process: PluginProcess) -> Instance:
    return process.open("model_evaluator", "sample-name")


def task(folder: Path, content: str = "y,p\n1,1\n2,4\n") -> m.EvaluationTask:
    file = folder / "data.csv"
    file.write_text(content)
    return m.EvaluationTask(data_file=str(file), targets_column="y", predictions_column="p")


def metrics(evaluator: Instance, request: m.EvaluationTask) -> dict[str, float]:
    assert evaluator.call("CanEvaluate", request).able
    return {metric.name: metric.value for metric in evaluator.call("Evaluate", request).metrics}


def test_numbers_are_compared(evaluator: Instance, tmp_path: Path) -> None:
    assert metrics(evaluator, task(tmp_path)) == {"rows": 2, "accuracy": 0.5, "mean_absolute_error": 1.0}


def test_words_have_no_distance(evaluator: Instance, tmp_path: Path) -> None:
    found = metrics(evaluator, task(tmp_path, "y,p\ncat,cat\ndog,cat\n"))
    assert found["accuracy"] == 0.5
    assert math.isnan(found["mean_absolute_error"])


@pytest.mark.parametrize("content", ["", "y,p\n", "y,q\n1,1\n"])
def test_what_cannot_be_judged_is_refused(evaluator: Instance, tmp_path: Path, content: str) -> None:
    with pytest.raises(InvalidParameter):
        evaluator.call("Evaluate", task(tmp_path, content))


def test_a_missing_file_does_not_exist(evaluator: Instance, tmp_path: Path) -> None:
    request = task(tmp_path)
    (tmp_path / "data.csv").unlink()
    with pytest.raises(NotFound):
        evaluator.call("Evaluate", request)


def test_other_files_are_not_for_it(evaluator: Instance) -> None:
    answer = evaluator.call("CanEvaluate", m.EvaluationTask(data_file="/data.parquet"))
    assert not answer.able
    assert "CSV" in answer.reason

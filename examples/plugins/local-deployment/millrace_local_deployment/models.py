"""The models that can be served: a linear model in JSON, and a function in a Python file.

    model.json   {"coefficients": {"x": 2.0, "y": 0.5}, "intercept": 1.0}
    predict.py   def predict(rows): ...   # rows: a list of dicts; returns one prediction a row

Standard library only, as the processes that serve have nothing else.
"""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any, Callable

Row = dict[str, Any]
Model = Callable[[list[Row]], list[Any]]

# Which file makes a folder a model of which flavor.
FLAVORS = {"linear": "model.json", "python": "predict.py"}

_LARGEST_JSON = 16 << 20


class InputError(Exception):
    """What is wrong with what a model is asked, in a sentence for the caller."""


class ModelError(Exception):
    """Why a folder cannot be served, in a sentence for the user."""


def flavor_of(folder: Path, wanted: str) -> str:
    """The flavor that a folder is served as. Throws ModelError when it is not what is wanted, or none."""
    if wanted and wanted not in FLAVORS:
        raise ModelError(f"'{wanted[:50]}' is no flavor of this target; it serves {', '.join(FLAVORS)}")
    for flavor, name in FLAVORS.items():
        if wanted in ("", flavor) and (folder / name).is_file():
            return flavor
    names = [FLAVORS[wanted]] if wanted else FLAVORS.values()
    raise ModelError(f"the model has no file {' or '.join(names)}")


def load(folder: Path, flavor: str) -> Model:
    """Throws ModelError; a Python file throws what it likes."""
    return _linear(folder / FLAVORS[flavor]) if flavor == "linear" else _python(folder / FLAVORS[flavor])


def answer(model: Model, body: bytes) -> bytes:
    """What a request for predictions is answered with. Throws InputError."""
    rows = _rows_of(_parse(body))
    predictions = model(rows)
    if not isinstance(predictions, list) or len(predictions) != len(rows):
        raise ValueError("the model did not return one prediction a row")
    try:
        return json.dumps({"predictions": predictions}, allow_nan=False).encode()
    except ValueError:
        raise InputError("a prediction for this input is not finite, which JSON cannot say") from None


def _parse(body: bytes) -> dict[str, Any]:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    try:
        found = json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the input is no JSON: {str(error)[:100]}") from None
    if not isinstance(found, dict):
        raise InputError("the input is no JSON object")
    return found


def _rows_of(asked: dict[str, Any]) -> list[Row]:
    """From one of the forms that MLflow's scoring servers take."""
    for form, read in _FORMS.items():
        if form in asked:
            return read(asked[form])
    raise InputError(f"the input has none of {', '.join(_FORMS)}")


def _split(table: Any) -> list[Row]:
    columns, data = (table.get("columns"), table.get("data")) if isinstance(table, dict) else (None, None)
    if not isinstance(data, list) or not isinstance(columns, list):
        raise InputError("dataframe_split needs the lists 'columns' and 'data'")
    if not all(isinstance(values, list) and len(values) == len(columns) for values in data):
        raise InputError("each row of 'data' needs one value a column")
    return [dict(zip(map(str, columns), values)) for values in data]


def _records(rows: Any) -> list[Row]:
    """A list of objects, of lists, or of bare values; what has no name is called 0, 1, ..."""
    if not isinstance(rows, list):
        raise InputError("the rows of the input are no list")
    return [_record(row) for row in rows]


def _record(row: Any) -> Row:
    if isinstance(row, dict):
        return row
    values = row if isinstance(row, list) else [row]
    return {str(number): value for number, value in enumerate(values)}


def _columns(inputs: Any) -> list[Row]:
    if not isinstance(inputs, dict):
        return _records(inputs)
    columns = list(inputs.values())
    if not all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        raise InputError("the columns of 'inputs' must be lists of one length")
    return [dict(zip(inputs, values)) for values in zip(*columns)]


_FORMS: dict[str, Callable[[Any], list[Row]]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "instances": _records,
    "inputs": _columns,
}


def _linear(path: Path) -> Model:
    fault = ModelError(
        "model.json must be an object with 'coefficients', numbers by name, and a number 'intercept'"
    )
    if path.stat().st_size > _LARGEST_JSON:
        raise ModelError(f"model.json is larger than {_LARGEST_JSON >> 20} MiB")
    try:
        content = json.loads(path.read_bytes())
        weights, intercept = dict(content["coefficients"]), content.get("intercept", 0.0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise fault from None
    if not all(_is_number(number) for number in [*weights.values(), intercept]):
        raise fault

    def predict(rows: list[Row]) -> list[Any]:
        return [_weighed(row, weights, intercept) for row in rows]

    return predict


def _weighed(row: Row, weights: dict[str, float], intercept: float) -> float:
    total = float(intercept)
    for number, (name, weight) in enumerate(weights.items()):
        value: Any = row.get(name, row.get(str(number)))
        if not _is_number(value):
            raise InputError(f"a row has no number '{name}'")
        total += weight * value
    return total


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False  # a whole number that no float can hold


def _python(path: Path) -> Model:
    specification = importlib.util.spec_from_file_location("model", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    predict = getattr(module, "predict", None)
    if not callable(predict):
        raise ModelError("predict.py has no function 'predict'")
    return lambda rows: list(predict(rows))
